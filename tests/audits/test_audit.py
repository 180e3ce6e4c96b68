"""Which audits are asked when none is named, and that the others are told."""

import json

from typer.testing import CliRunner

from isocenter.audits.audit import AUDITS, ask
from isocenter.cli.main import build


def test_every_audit_is_asked_or_left_out_with_a_reason(squares):
    done = ask(squares.path)
    assert sorted((*done.asked, *done.left_out)) == sorted(AUDITS.names())
    assert "expected a run of a generator" in done.left_out["memorization"]
    assert "isocenter audit RUN attribution" in done.left_out["attribution"]
    assert done.left_out["translation"].endswith("translation --retrain")
    assert not any("\n" in reason for reason in done.left_out.values())


def test_where_nothing_was_asked_nothing_is_said_to_be_clean(squares):
    assert not ask(squares.path).asked
    result = CliRunner().invoke(build(), ["audit", str(squares.path)])
    assert result.exit_code == 0
    assert "nothing found" not in result.stdout
    assert "no audit" in result.stdout.splitlines()[0]
    assert "left out label_noise: expected" in result.stdout
    told = json.loads(CliRunner().invoke(build(), ["audit", str(squares.path), "--json"]).stdout)
    assert set(told) == {"asked", "left_out", "findings"}
    assert set(told["left_out"]) == set(AUDITS.names())
