"""A job is done once, by whoever holds its lease, and ends in a state that says what happened."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from compliance.jobs import registry, running, services
from compliance.jobs.models import Job
from compliance.jobs.registry import JobFailed, job_kind
from compliance.jobs.services import LeaseLost
from compliance.jobs.worker import is_gone, me
from compliance.registry import Registry

pytestmark = pytest.mark.django_db
State = Job.State


class Fatal(BaseException):
    """As WeasyPrint's fetcher raises."""


@pytest.fixture(autouse=True)
def work(monkeypatch):
    """Only the kinds a test registers, and nobody to wake."""
    kinds = Registry("job kind")
    for module in (registry, services, running):
        monkeypatch.setattr(module, "kinds", kinds)
    monkeypatch.setattr(services, "wake", lambda: None)

    @job_kind("add")
    def add(run, *, a, b):
        run.report("Adding", 50)
        return {"sum": a + b}

    return kinds


def state_of(job):
    job.refresh_from_db()
    return job.state


def claimed(**arguments):
    services.enqueue("add", arguments or {"a": 1, "b": 2})
    return services.claim()


def test_a_job_is_done_and_keeps_its_result():
    job = services.enqueue("add", {"a": 1, "b": 2})
    assert running.run_all() == 1
    assert (state_of(job), job.result, job.progress, job.attempt) == (State.DONE, {"sum": 3}, 100, 1)


def test_an_unknown_kind_is_refused():
    with pytest.raises(LookupError, match="There is no job kind 'subtract'"):
        services.enqueue("subtract", {})


def test_asking_twice_while_open_gives_the_same_job():
    first = services.enqueue("add", {"a": 1, "b": 2}, key="once")
    assert services.enqueue("add", {"a": 1, "b": 2}, key="once") == first
    running.run_all()
    assert services.enqueue("add", {"a": 1, "b": 2}, key="once") != first


def test_jobs_are_taken_in_the_order_they_were_asked_for():
    asked = [services.enqueue("add", {"a": n, "b": 0}).pk for n in range(3)]
    assert [services.claim().pk for _ in range(3)] == asked
    assert services.claim() is None


def test_what_cannot_be_mended_fails_at_once_in_its_own_words(work):
    @job_kind("doomed")
    def doomed(run):
        raise JobFailed("The period ends before it starts.")

    job = services.enqueue("doomed", {})
    running.run_all()
    assert (state_of(job), job.attempt, job.error) == (State.FAILED, 1, "The period ends before it starts.")


@pytest.mark.parametrize("error", [ValueError, Fatal])
def test_any_other_error_is_tried_three_times(work, error):
    @job_kind("flaky")
    def flaky(run):
        raise error("disk full")

    job = services.enqueue("flaky", {})
    running.run_all()
    assert (state_of(job), job.attempt) == (State.FAILED, 3)
    assert job.error == "Tried 3 times, the last time it ended with: disk full"


def test_a_worker_told_to_stop_puts_its_job_back(work):
    @job_kind("long")
    def long(run):
        raise SystemExit

    job = services.enqueue("long", {})
    with pytest.raises(SystemExit):
        running.run_all()
    assert state_of(job) == State.QUEUED


def test_a_leased_job_is_nobody_elses():
    claimed()
    assert services.claim() is None


def test_a_job_whose_lease_ended_is_taken_over_and_its_first_worker_fenced_off():
    first = claimed()
    Job.objects.filter(pk=first.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    second = services.claim()
    assert (second.pk, second.attempt) == (first.pk, 2)
    with pytest.raises(LeaseLost):
        running.Running(first).report("Still here", 10)
    with pytest.raises(LeaseLost), transaction.atomic():
        running.Running(first).hold()
    assert not services.finish(first, {"sum": 0})
    assert not services.give_up(first, "late")
    assert not services.put_back(first)
    assert services.finish(second, {"sum": 3})
    assert (state_of(first), first.result) == (State.DONE, {"sum": 3})


def test_a_job_of_a_process_that_died_is_taken_over_without_waiting_for_its_lease():
    job = claimed()
    dead = subprocess.run(
        [sys.executable, "-c", "from compliance.jobs.worker import me; print(me())"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout.strip()
    Job.objects.filter(pk=job.pk).update(worker=dead)
    assert services.sweep() == 1
    assert services.claim().attempt == 2


def test_a_job_that_killed_its_workers_is_given_up():
    job = claimed()
    Job.objects.filter(pk=job.pk).update(attempt=3, lease_until=timezone.now() - timedelta(seconds=1))
    assert services.sweep() == 0
    assert (state_of(job), job.error) == (
        State.FAILED,
        "The worker stopped 3 times while it did this. Its log says why.",
    )


def test_only_a_process_of_this_machine_that_ended_is_gone():
    assert not is_gone(me())
    assert not is_gone("elsewhere/pid:[1]/1/1")
    assert not is_gone("")
    machine = me().rsplit("/", 2)[0]
    assert is_gone(f"{machine}/{os.getpid()}/1")


def test_a_request_that_is_rolled_back_leaves_no_job():
    with transaction.atomic():
        services.enqueue("add", {"a": 1, "b": 2})
        transaction.set_rollback(True)
    assert Job.objects.count() == 0
