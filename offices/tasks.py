"""What procrastinate calls: one task, which does a row of `Job`."""

from django.db import InterfaceError, OperationalError
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job as Entry

from offices import jobs, queue


class OnlyWhenAsked(BaseRetryStrategy):
    """Take an entry again where that was asked for, or the database went away; what failed is said in its own row."""

    def get_retry_decision(self, *, exception: BaseException, job: Entry) -> RetryDecision | None:  # noqa: ARG002 - named so by procrastinate
        if isinstance(exception, queue.Again):
            return RetryDecision(retry_in={"seconds": exception.seconds})
        if isinstance(exception, OperationalError | InterfaceError):
            return RetryDecision(retry_in={"seconds": 5})
        return None


@app.task(name=queue.TASK, queue="jobs", pass_context=True, retry=OnlyWhenAsked())
def do_job(context: JobContext, job_id: int) -> None:
    """Do one job."""
    jobs.do(job_id, leaving=context.should_abort)
