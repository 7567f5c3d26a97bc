"""Pages of the households application: photos and scans."""

from django.urls import path

from households.views import files, job_files, reveal

urlpatterns = [
    path("counter/<int:household_id>/files/", files.household_files, name="household-files"),
    path("counter/<int:household_id>/members/<int:person_id>/photo/", files.photo, name="photo-take"),
    path("jobs/<int:job_id>/file/", job_files.job_file, name="job-file"),
    path("reveal/<slug:kind>/<str:pks>/", reveal.revealed, name="reveal"),
    path("files/<int:file_id>/", files.shown, name="file"),
    path("files/<int:file_id>/remove/", files.remove, name="file-remove"),
]
