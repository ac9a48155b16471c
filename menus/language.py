"""Which of the three renderings is used from now on. Each language is named in its own letters."""

from __future__ import annotations

from helpline.cases.effects import SetLanguage
from helpline.flow.words import End, Flow, Label, Menu, Option, Scene, _


def choose(scene: Scene) -> tuple[SetLanguage]:
    """The chosen language."""
    return (SetLanguage(scene.answers["language"]),)


LANGUAGE = Flow(
    "language",
    Menu(
        "start",
        _("Which language?"),
        Option(1, Label("বাংলা", "Bangla horofe", "Bangla letters"), value="bn"),
        Option(2, Label("Bangla", "Bangla", "Bangla in English letters"), value="bn_Latn"),
        Option(3, Label("English", "English", "English"), value="en"),
        saves="language",
        goto="done",
    ),
    End("done", _("All right. We will use English."), do=choose),
)
