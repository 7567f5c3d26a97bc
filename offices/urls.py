"""Pages of the offices application."""

from django.urls import path

from offices.views import acts, alerts, clock, devices, doors, factor, jobs, sessions, staff, welcome

urlpatterns = [
    path("login/", doors.log_in, name="login"),
    path("login/again/", doors.log_in_again, name="login-again"),
    path("login/code/", factor.login_code, name="login-code"),
    path("second-factor/", factor.own_factor, name="own-factor"),
    path("session/", doors.session, name="session"),
    path("logout/", doors.log_out, name="logout"),
    path("welcome/", welcome.welcome, name="welcome"),
    path("invitations/<int:pk>/withdraw/", staff.invitation_withdraw, name="invitation-withdraw"),
    path("sessions/", sessions.session_list, name="sessions"),
    path("sessions/own/", sessions.own_sessions, name="own-sessions"),
    path("sessions/unlock/", sessions.address_unlock, name="address-unlock"),
    path("sessions/<slug:handle>/end/", sessions.session_end, name="session-end"),
    path("password/", staff.own_password, name="own-password"),
    path("staff/", staff.staff_list, name="staff"),
    path("staff/add/", staff.add, name="staff-add"),
    path("staff/<int:pk>/", staff.change, name="staff-change"),
    path("staff/<int:pk>/password/", staff.password, name="staff-password"),
    path("staff/<int:pk>/active/", staff.active, name="staff-active"),
    path("staff/<int:pk>/factor/", factor.staff_factor, name="staff-factor"),
    path("staff/<int:pk>/unlock/", staff.unlock, name="staff-unlock"),
    path("jobs/", jobs.job_list, name="jobs"),
    path("jobs/running/", jobs.running, name="jobs-running"),
    path("jobs/<int:job_id>/", jobs.job, name="job"),
    path("jobs/<int:job_id>/cancel/", jobs.job_cancel, name="job-cancel"),
    path("jobs/<int:job_id>/again/", jobs.job_again, name="job-again"),
    path("acts/", acts.acts, name="acts"),
    path("devices/", devices.devices, name="devices"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/told/", alerts.alerts_told, name="alerts-told"),
    path("alerts/<int:alert_id>/seen/", alerts.alert_see, name="alert-see"),
    path("alerts/<int:alert_id>/lift/", alerts.alert_lift, name="alert-lift"),
    path("demo-clock/", clock.demo_clock, name="demo-clock"),
]
