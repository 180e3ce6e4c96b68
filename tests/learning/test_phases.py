"""Trainings after each other: each gets its steps, and a kill in either is made good."""

from isocenter.learning.loop import run_loop
from isocenter.learning.phases import Phase, Phases


class Counter:
    """A learner that counts its steps into a shared list, as learners change a shared network."""

    def __init__(self, name, shared):
        self.name, self.shared = name, shared

    def step(self, step):
        self.shared.append((self.name, step))
        return {"loss": float(len(self.shared)), "learning_rate": 0.1}

    def validate(self, step):
        return {"tune_loss": 1.0} if self.name == "c" else {}

    def state(self):
        return {"shared": list(self.shared)}

    def restore(self, state):
        self.shared[:] = state["shared"]


class Journal:
    def __init__(self, stop_after=None):
        self.lines, self.saved, self.stop_after = [], None, stop_after

    def log(self, step, values):
        self.lines.append((step, values))

    def save_state(self, state):
        self.saved = state

    def last_state(self):
        return self.saved

    def stop_now(self):
        return len(self.lines) == self.stop_after


def phases(shared):
    before = [
        Phase(name=name, steps=steps, build=lambda name=name: Counter(name, shared))
        for name, steps in (("a", 2), ("x", 0), ("b", 3))
    ]
    return Phases(before, lambda: Counter("c", shared))


WHOLE = [("a", 0), ("a", 1), ("b", 0), ("b", 1), ("b", 2), ("c", 0), ("c", 1)]


def test_each_phase_gets_its_steps_and_names_its_losses():
    shared, journal = [], Journal()
    run_loop(phases(shared), journal, steps=7, validations=7)
    assert shared == WHOLE
    names = [sorted(set(values) - {"minutes"}) for _, values in journal.lines]
    assert names[0] == ["a_loss", "learning_rate"]
    assert names[4] == ["b_loss", "learning_rate"]
    assert names[6] == ["learning_rate", "loss", "tune_loss"]


def test_a_training_stopped_in_any_phase_goes_on_where_it_was():
    for stop in range(1, 7):
        journal = Journal(stop_after=stop)
        assert run_loop(phases([]), journal, steps=7) == stop
        journal.stop_after = None
        again = []
        run_loop(phases(again), journal, steps=7)
        assert again == WHOLE


def test_the_last_phase_can_be_had_without_having_been_reached():
    shared = []
    made = phases(shared)
    made.step(0)
    assert made.last.name == "c"


def test_a_look_before_the_last_phase_is_none_to_go_back_to():
    made = phases([])
    assert [made.in_last(done, {}) for done in range(1, 8)] == [False] * 5 + [True] * 2
