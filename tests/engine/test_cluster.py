"""The same pieces counted by a real Dask cluster of two worker processes."""

import pytest

from mande.engine import workers
from mande.engine.evaluating import evaluate
from mande.engine.workers import Cluster
from mande.errors import WrongUse
from tests.engine.odd_files import odd_text
from tests.engine.workers_that_die import die_once
from tests.small import forms, forms_text

dask = pytest.importorskip("dask")
distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def scheduler():
    patient = dask.config.set({"distributed.comm.timeouts.connect": "120s", "distributed.comm.timeouts.tcp": "120s"})
    with (
        patient,  # with a machine that runs other tests beside this one
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
        ) as cluster,
    ):
        yield cluster.scheduler_address


@pytest.mark.parametrize("block", [700, 4000])
def test_a_cluster_gives_the_same_bytes(scheduler, plan_of, in_blocks, at_once, block):
    plan = plan_of(odd_text(150))
    assert in_blocks(plan, block, scheduler=scheduler).to_json() == at_once(plan).to_json()


def test_a_file_at_an_address_gives_the_same_figures(scheduler, plan_of, in_blocks, at_once, tmp_path):
    here = at_once(plan_of(odd_text(90)))
    plan = plan_of(odd_text(90), file="there.csv", address=f"file://{tmp_path}/")
    there = in_blocks(plan, 900, scheduler=scheduler)
    assert (there.changes, there.items, there.sources[0].flow) == (here.changes, here.items, here.sources[0].flow)
    assert there.to_json() == at_once(plan).to_json()


def test_a_worker_of_the_cluster_that_dies_costs_time_and_no_result(scheduler, tmp_path):
    with Cluster(scheduler) as workers:
        assert list(workers.map(die_once, ((str(tmp_path / "died"), i) for i in range(6)))) == list(range(6))
    assert (tmp_path / "died").exists()


def test_a_zip_is_to_be_unpacked_first(scheduler, plan_of):
    with pytest.raises(WrongUse, match=r"Unpack forms\.zip first"):
        evaluate(plan_of("", file="forms.zip"), scheduler=scheduler)


def test_no_scheduler_there_is_said(plan_of, monkeypatch):
    monkeypatch.setattr(workers, "SECONDS_TO_ANSWER", 0.5)
    with pytest.raises(WrongUse, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        evaluate(plan_of(forms_text(forms(9))), scheduler="tcp://127.0.0.1:9")
