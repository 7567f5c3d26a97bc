"""照片和扫描件: kept outside the web root, shown within the scope, removed by a supervisor."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from common.decision import Refusal
from common.relations import HEAD
from households import vault
from households.imaging import BYTES_LIMIT
from households.models import Household, Person, StoredFile
from households.services import photos_of, remove_file, store_photo, store_scan
from offices.models import Act, Staff
from tests.builders import at
from tests.households.pictures import a_scan, files_folder, pdf_of, picture  # noqa: F401 - fixture

LATER = at("2007-10-25 11:00")


def login(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def head_of(household: Household) -> Person:
    return household.memberships.get(relation=HEAD).person


def upload(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="image/jpeg")


def test_a_scan_lies_under_a_random_name_that_only_the_owner_can_read(zhang_household, aunt_liu, settings):
    scan = a_scan(zhang_household, aunt_liu)

    path = vault.path_of(scan.name)
    assert Path(settings.FILES_DIR) in path.parents
    assert path.stat().st_mode & 0o777 == 0o600
    assert vault.get(scan.name, sha256=scan.sha256) is not None
    assert Act.objects.filter(verb="store_file", by=aunt_liu).exists()


def test_bytes_that_were_changed_on_the_disk_are_not_served(zhang_household, aunt_liu):
    scan = a_scan(zhang_household, aunt_liu)
    vault.path_of(scan.name).write_bytes(b"<script>")

    assert login(aunt_liu).get(reverse("file", args=[scan.pk])).status_code == 404


def test_a_refused_person_leaves_no_bytes_behind(zhang_household, aunt_liu, settings):
    with pytest.raises(Refusal):
        store_scan(
            household_id=zhang_household.pk, person_id=999_999, kind="id_card", data=picture(), by=aunt_liu, at=LATER
        )

    assert not [path for path in Path(settings.FILES_DIR).rglob("*") if path.is_file()]


def test_the_page_takes_a_scan_of_a_member(zhang_household, aunt_liu):
    head = head_of(zhang_household)
    given = {"kind": "id_card", "person": head.pk, "file": upload("身份证.jpg", picture())}

    answer = login(aunt_liu).post(reverse("household-files", args=[zhang_household.pk]), given, follow=True)

    assert "扫描件已存入" in answer.content.decode()
    assert StoredFile.objects.get().person == head


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        pytest.param(b"<html></html>", "只收JPEG、PNG图片和PDF文件", id="网页改名为jpg"),
        pytest.param(b"\xff\xd8\xff" + b"0" * BYTES_LIMIT, "文件超过10MB", id="太大"),
        pytest.param(b"", "文件是空的", id="空文件"),
    ],
)
def test_a_file_that_cannot_be_kept_gets_a_sentence(zhang_household, aunt_liu, data, sentence):
    given = {"kind": "id_card", "file": upload("a.jpg", data)}

    answer = login(aunt_liu).post(reverse("household-files", args=[zhang_household.pk]), given)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not StoredFile.objects.exists()


def test_only_the_page_that_photographs_gets_the_camera(zhang_household, aunt_liu):
    client, head = login(aunt_liu), head_of(zhang_household)

    photo = client.get(reverse("photo-take", args=[zhang_household.pk, head.pk]))["Permissions-Policy"]
    files = client.get(reverse("household-files", args=[zhang_household.pk]))["Permissions-Policy"]

    assert photo == files.replace("camera=()", "camera=(self)")
    assert "camera=()" in files


def test_a_file_is_served_in_a_sandbox_and_never_sniffed(zhang_household, aunt_liu):
    scan = a_scan(zhang_household, aunt_liu)

    answer = login(aunt_liu).get(reverse("file", args=[scan.pk]))

    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Content-Disposition"].startswith("inline;")
    assert "no-store" in answer["Cache-Control"]


def test_a_pdf_is_downloaded(zhang_household, aunt_liu):
    scan = a_scan(zhang_household, aunt_liu, data=pdf_of(2))

    answer = login(aunt_liu).get(reverse("file", args=[scan.pk]))

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment;")


def test_a_clerk_of_another_office_finds_no_file_and_no_page(zhang_household, aunt_liu, miss_yang):
    scan = a_scan(zhang_household, aunt_liu)
    client = login(miss_yang)

    assert client.get(reverse("file", args=[scan.pk])).status_code == 404
    assert client.get(reverse("household-files", args=[zhang_household.pk])).status_code == 404
    photo = reverse("photo-take", args=[zhang_household.pk, head_of(zhang_household).pk])
    assert client.get(photo).status_code == 404


def test_a_photo_without_script_is_cropped_and_does_not_count_as_a_print(zhang_household, aunt_liu):
    head = head_of(zhang_household)
    before = head.photos

    answer = login(aunt_liu).post(
        reverse("photo-take", args=[zhang_household.pk, head.pk]), {"file": upload("a.jpg", picture())}
    )

    assert answer.status_code == 302
    stored = photos_of([head.pk])[head.pk]
    assert stored.kind == StoredFile.Kind.PHOTO
    head.refresh_from_db()
    assert head.photos == before


def test_the_latest_photo_is_the_one_in_use(zhang_household, aunt_liu):
    head = head_of(zhang_household)
    given = {"household_id": zhang_household.pk, "person_id": head.pk, "by": aunt_liu, "at": LATER}
    store_photo(data=picture(), **given)
    second = store_photo(data=picture((700, 700)), **given)

    assert photos_of([head.pk])[head.pk] == second


def test_only_a_supervisor_removes_and_the_row_says_why(zhang_household, aunt_liu, mr_chen):
    scan = a_scan(zhang_household, aunt_liu)
    with pytest.raises(Refusal):
        remove_file(file_id=scan.pk, reason="扫错了", purge=False, by=aunt_liu, at=LATER)

    answer = login(mr_chen).post(reverse("file-remove", args=[scan.pk]), {"reason": "扫错了户"})

    assert answer.status_code == 302
    scan.refresh_from_db()
    assert (scan.removed_by, scan.removal_reason) == (mr_chen, "扫错了户")
    assert vault.get(scan.name, sha256=scan.sha256) is not None
    assert login(aunt_liu).get(reverse("file", args=[scan.pk])).status_code == 404


def test_a_removal_without_a_reason_is_asked_for_one(zhang_household, aunt_liu, mr_chen):
    scan = a_scan(zhang_household, aunt_liu)

    answer = login(mr_chen).post(reverse("file-remove", args=[scan.pk]), {})

    assert answer.status_code == 422
    assert "请写明为什么移除" in answer.content.decode()


def test_purged_bytes_are_gone_and_the_log_says_so(
    zhang_household, aunt_liu, mr_chen, django_capture_on_commit_callbacks
):
    scan = a_scan(zhang_household, aunt_liu)

    with django_capture_on_commit_callbacks(execute=True):
        remove_file(file_id=scan.pk, reason="当事人要求", purge=True, by=mr_chen, at=LATER)

    assert not vault.path_of(scan.name).exists()
    assert StoredFile.objects.get(pk=scan.pk).sha256 == scan.sha256
    assert Act.objects.filter(verb="purge_file", by=mr_chen).exists()


def test_whoever_does_not_handle_the_household_says_why_and_is_logged(zhang_household, aunt_liu, mr_zhou):
    scan = a_scan(zhang_household, aunt_liu)
    county = login(mr_zhou)

    asked = county.get(reverse("file", args=[scan.pk]))
    refused = county.post(reverse("file", args=[scan.pk]), {})
    shown = county.post(reverse("file", args=[scan.pk]), {"purpose": "oversee"})

    assert "显示" in asked.content.decode()
    assert asked["Content-Type"].startswith("text/html")
    assert refused.status_code == 422
    assert shown["Content-Type"] == scan.content
    assert [act.detail["reason"] for act in Act.objects.filter(verb="reveal")] == ["上级核查"]


def test_a_supervisor_of_the_office_sees_its_papers_at_once(zhang_household, aunt_liu, mr_chen):
    scan = a_scan(zhang_household, aunt_liu)

    assert login(mr_chen).get(reverse("file", args=[scan.pk]))["Content-Type"] == scan.content
    assert not Act.objects.filter(verb="reveal").exists()
