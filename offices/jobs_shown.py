"""任务的阅读: whose jobs a member of staff sees, and whether any of their own is under way."""

from django.db.models import Count, Max, QuerySet

from offices.access import has_role, visible
from offices.models import Job, Staff

Role = Staff.Role


def jobs_of(staff: Staff) -> QuerySet[Job]:
    """A clerk's own; those of their divisions for everyone else. The latest first."""
    rows = visible(Job.objects.select_related("by"), staff)
    return rows.filter(by=staff) if has_role(staff, Role.CLERK) else rows


def may_act_on(job: Job, staff: Staff) -> bool:
    """Whether the member of staff may stop a job or ask for it again."""
    return job.by_id == staff.pk or has_role(staff, Role.SUPERVISOR, Role.ADMINISTRATOR)


def under_way(staff: Staff) -> dict[str, int | None]:
    """How many of the own jobs are open, and which is the latest of them."""
    mine = Job.objects.filter(by=staff, finished_at=None)
    return mine.aggregate(count=Count("pk"), latest=Max("pk"))
