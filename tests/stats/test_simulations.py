"""Coverage and type I error are what docs/methods.md says: quick tests read the kept results, slow ones make them."""

import pytest

from tests.stats.simulating import RESULTS, Simulation
from tests.stats.simulations import SIMULATIONS


@pytest.mark.parametrize("simulation", SIMULATIONS, ids=lambda simulation: simulation.name)
def test_kept_rates_are_where_the_method_promises(simulation: Simulation) -> None:
    kept = simulation.kept()
    assert (kept["seed"], kept["replicates"]) == (simulation.seed, simulation.replicates)
    assert kept["statement"] == simulation.statement
    assert [cell["promised"] for cell in kept["cells"]] == [
        simulation.promises(design) for design in simulation.designs
    ]
    assert [cell["design"] for cell in kept["cells"]] == [dict(design) for design in simulation.designs]
    for cell in kept["cells"]:
        if cell["promised"]:
            low, high = kept["promise"]
            assert low <= cell["rate"] <= high, cell


def test_every_kept_result_has_its_simulation() -> None:
    mine = {simulation.name for simulation in SIMULATIONS}
    assert mine <= {path.stem for path in RESULTS.glob("*.json")}


@pytest.mark.slow
@pytest.mark.parametrize("simulation", SIMULATIONS, ids=lambda simulation: simulation.name)
def test_simulated_rates_are_those_kept(simulation: Simulation) -> None:
    kept = simulation.kept()["cells"]
    for now, then in zip(simulation.run()["cells"], kept, strict=True):
        # the same seed gives the same rates; another version of numpy may draw otherwise
        assert now["rate"] == pytest.approx(then["rate"], abs=1e-4 + 4 * then["monte_carlo_error"]), now["design"]
