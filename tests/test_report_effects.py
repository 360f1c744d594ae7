"""What is drawn of a fitted model's behaviour, after the model itself."""

import automl
from automl import workflow


def fitted(tmp_path, told):
    rows = "\n".join(f"{x % 37 + 0.5},{3 * (x % 37) + x % 3}" for x in range(200))
    (tmp_path / "rows.csv").write_text(f"x,y\n{rows}\n")
    report = tmp_path / "m.html"
    automl.fit(
        str(tmp_path / "rows.csv"),
        target="y",
        output=str(tmp_path / "m.automl"),
        report=str(report),
        families="linear",
        trials=1,
        sink=told,
    )
    return report.read_text()


class Told:
    def __init__(self):
        self.events = []

    def emit(self, event):
        self.events.append(event)


def test_what_drawing_behaviour_stumbles_over_leaves_model_and_report_and_is_said(tmp_path, monkeypatch):
    def stumbles(*_):
        raise OverflowError("cannot convert float infinity to integer")

    monkeypatch.setattr(workflow, "with_effects", stumbles)
    told = Told()
    assert "</html>" in fitted(tmp_path, told)
    assert automl.load(tmp_path / "m.automl").required_columns == ("x",)
    (warning,) = [event for event in told.events if isinstance(event, workflow.Note) and event.warning]
    assert warning.message == (
        "The report does not say how predictions follow the columns: "
        "OverflowError: cannot convert float infinity to integer"
    )
