"""Settings: what is refused, in which words, and what is made up when nothing is set."""

from __future__ import annotations

import stat
from datetime import time
from decimal import Decimal
from pathlib import Path

import pytest

from helpline.cases.calendar import Span
from helpline.cases.campaigns import Bulk
from helpline.gateways.book import build_gateways, problems
from helpline.settings import BadSettings, Mode, Settings
from helpline.store.sealing import KeyRing, new_keys

SECRET = "kX3v-Q9zL0w7Rb2TfYh5NcJdMgPa8UeS"
CONFIG = """
short_code = "*16000#"
language = "en"
quiet = "20:30-09:00"

[gateways.main]
kind = "africastalking"
username = "helpline"
api_key_env = "AT_API_KEY"
path_env = "AT_PATH"

[gateways.world]
kind = "twilio"
account_sid = "AC0123456789abcdef0123456789abcdef"
sender = "HELPLINE"
auth_token_env = "TWILIO_AUTH_TOKEN"

[[routes]]
gateway = "main"
prefix = "+880"

[[routes]]
gateway = "world"
language = "en"
"""


@pytest.fixture
def real(tmp_path: Path) -> dict[str, str]:
    """An environment with everything that a real installation needs."""
    config = tmp_path / "helpline.toml"
    config.write_text(CONFIG)
    return {
        "HELPLINE_CONFIG": str(config),
        "HELPLINE_DATA_DIR": str(tmp_path / "data"),
        "HELPLINE_DATA_KEYS": new_keys("one"),
        "HELPLINE_PUBLIC_URL": "https://helpline.example/",
        "HELPLINE_SECRET_KEY": SECRET,
        "AT_API_KEY": SECRET[::-1],
        "AT_PATH": f"{SECRET}path",
        "TWILIO_AUTH_TOKEN": "0123456789abcdef0123456789abcdef",
    }


def lines(environ: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(BadSettings) as refusal:
        Settings.load(environ)
    return refusal.value.lines


def test_a_real_installation_is_read(real: dict[str, str]) -> None:
    settings = Settings.load(real)
    assert settings.mode is Mode.PRODUCTION
    assert settings.public_url == "https://helpline.example"
    assert settings.short_code == "*16000#"
    assert settings.language == "en"
    assert settings.quiet == Span(time(20, 30), time(9))
    assert [route.gateway for route in settings.routes] == ["main", "world"]
    assert settings.gateways[0].secrets["path"] == f"{SECRET}path"
    assert settings.database_url == f"sqlite:///{real['HELPLINE_DATA_DIR']}/helpline.db"
    assert settings.own_redis
    assert not settings.simulator
    assert list(build_gateways(settings.gateways, public_url=settings.public_url)) == [
        "main",
        "world",
    ]


def test_campaigns_have_a_pace_and_no_price_unless_the_file_says_so(real: dict[str, str]) -> None:
    assert Settings.load(real).bulk == Bulk()
    assert Bulk().price is None
    with Path(real["HELPLINE_CONFIG"]).open("a") as file:
        file.write('[bulk]\nper_second = 4\nrates = {main = 20.5}\nprice = "0.35"\n')
    bulk = Settings.load(real).bulk
    assert (bulk.rate("main"), bulk.rate("world"), bulk.price) == (20.5, 4.0, Decimal("0.35"))


def test_an_environment_with_nothing_but_a_folder_is_for_development(tmp_path: Path) -> None:
    environ = {"HELPLINE_DATA_DIR": str(tmp_path / "data"), "PORT": "8123", "PATH": "/bin"}
    settings = Settings.load(environ)
    assert settings.mode is Mode.DEVELOPMENT
    assert (settings.host, settings.port) == ("127.0.0.1", 8123)
    assert settings.simulator
    assert [gateway.kind for gateway in settings.gateways] == ["console"]
    assert all(not problems(gateway) for gateway in settings.gateways)


def test_keys_that_are_made_up_stay_and_are_only_ours_to_read(tmp_path: Path) -> None:
    environ = {"HELPLINE_DATA_DIR": str(tmp_path / "data")}
    first, second = Settings.load(environ), Settings.load(environ)
    assert first.data_keys == second.data_keys
    KeyRing.parse(first.data_keys)
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "data" / "keys.json").stat().st_mode) == 0o600


def test_no_keys_are_made_up_for_a_real_installation(real: dict[str, str]) -> None:
    Settings.load(real)
    assert not (Path(real["HELPLINE_DATA_DIR"]) / "keys.json").exists()


@pytest.mark.parametrize(
    "name",
    [
        "HELPLINE_CONFIG",
        "HELPLINE_DATA_KEYS",
        "HELPLINE_PUBLIC_URL",
        "HELPLINE_SECRET_KEY",
        "AT_API_KEY",
        "AT_PATH",
        "TWILIO_AUTH_TOKEN",
    ],
)
def test_what_is_missing_is_said_in_one_line(real: dict[str, str], name: str) -> None:
    del real[name]
    said = lines(real)
    assert len(said) == 1
    assert "missing" in said[0]


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("HELPLINE_PUBLIC_URL", "http://helpline.example", "must be https"),
        ("HELPLINE_PUBLIC_URL", "helpline.example", "must begin with https://"),
        ("HELPLINE_PUBLIC_URL", "https://u:p@helpline.example", "must not hold a user"),
        ("HELPLINE_PUBLIC_URL", "https://helpline.example:port", "is not an address"),
        ("HELPLINE_SECRET_KEY", "changeme-changeme-changeme-changeme", "is weak"),
        ("HELPLINE_SECRET_KEY", "a" * 40, "is weak"),
        ("HELPLINE_DATA_KEYS", "one:AAAA", "must be 32 bytes"),
        ("HELPLINE_METRICS_TOKEN", "short", "is weak"),
        ("HELPLINE_PROXIES", "10.0.0.7, all", "must be addresses or networks"),
        ("HELPLINE_DATABASE_URL", "mysql://x", "must begin with postgresql:"),
        ("DATABASE_URL", "mysql://x", "must begin with postgresql:"),
        ("HELPLINE_REDIS_URL", "http://x", "must begin with redis:"),
        ("PORT", "70000", "PORT: "),
        ("PORT", "many", "PORT: "),
        ("WEB_CONCURRENCY", "0", "WEB_CONCURRENCY: "),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL: "),
        ("AT_PATH", "demo", "gateway main: secret path is weak"),
        ("HELPLINE_CONFIG", "/nowhere/at/all.toml", "cannot be read"),
    ],
)
def test_what_is_wrong_or_unsafe_is_said_in_one_line_without_the_value(
    real: dict[str, str], name: str, value: str, line: str
) -> None:
    said = lines({**real, name: value})
    assert len(said) == 1
    assert line in said[0]
    if name.endswith(("KEY", "KEYS", "TOKEN", "PATH", "URL")):
        assert value not in said[0]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ('short_code = "none"', "$.short_code"),
        ('quiet = "25:00-08:00"', "$.quiet"),
        ('language = "hi"', "$.language"),
        ("surprise = 1", "unknown field `surprise`"),
        ("= =", "HELPLINE_CONFIG: "),
        ('[gateways.third]\nkind = "carrier-pigeon"', "the kind must be one of"),
        ('[gateways.third]\nkind = "africastalking"\napi_key = "inline"', "unknown field"),
        ('[[routes]]\ngateway = "nobody"', "a route leads to nobody"),
        ("[bulk]\nper_second = 0", "$.bulk.per_second"),
        ("[bulk]\nrates = {nobody = 5}", "bulk: there is no gateway nobody"),
        ("[bulk]\nprice = 0.35", "$.bulk.price"),
        ('[bulk]\nprice = "cheap"', "$.bulk.price"),
        ('[bulk]\ncurrency = "taka"', "$.bulk.currency"),
        ("[bulk]\nsecond_person_above = -1", "$.bulk.second_person_above"),
    ],
)
def test_what_is_wrong_in_the_file_is_said_where_it_stands(
    real: dict[str, str], change: str, line: str
) -> None:
    name = change.partition(" =")[0]
    kept = [each for each in CONFIG.splitlines() if not each.startswith(f"{name} =")]
    text = "\n".join([*kept, change] if change.startswith("[") else [change, *kept])
    Path(real["HELPLINE_CONFIG"]).write_text(text)
    assert any(line in each for each in lines(real))


def test_every_fault_is_said_at_once(real: dict[str, str]) -> None:
    said = lines({**real, "PORT": "0", "HELPLINE_SECRET_KEY": "", "HELPLINE_PUBLIC_URL": "ftp://x"})
    assert len(said) == 3


def test_a_secret_may_come_from_a_file(real: dict[str, str], tmp_path: Path) -> None:
    for name in ("HELPLINE_SECRET_KEY", "AT_PATH"):
        path = tmp_path / name
        path.write_text(real.pop(name) + "\n")
        real[f"{name}_FILE"] = str(path)
    settings = Settings.load(real)
    assert settings.secret_key == SECRET
    assert settings.gateways[0].secrets["path"] == f"{SECRET}path"


def test_a_secret_from_two_places_is_refused(real: dict[str, str]) -> None:
    said = lines({**real, "HELPLINE_SECRET_KEY_FILE": "/dev/null"})
    assert said == ("HELPLINE_SECRET_KEY and HELPLINE_SECRET_KEY_FILE are both set: keep one",)


def test_well_known_names_count_when_ours_are_not_set(real: dict[str, str]) -> None:
    real["SECRET_KEY"] = real.pop("HELPLINE_SECRET_KEY")
    real["DATABASE_URL"] = "postgresql://one/name"
    real["REDIS_URL"] = "redis://one"
    settings = Settings.load(real)
    assert settings.database_url == "postgresql://one/name"
    assert (settings.redis_url, settings.own_redis) == ("redis://one", False)
    real["HELPLINE_DATABASE_URL"] = "postgresql://two/name"
    assert Settings.load(real).database_url == "postgresql://two/name"


def test_a_well_known_name_alone_already_asks_for_a_real_installation(tmp_path: Path) -> None:
    said = lines({"HELPLINE_DATA_DIR": str(tmp_path), "DATABASE_URL": "postgresql://one/name"})
    assert any("HELPLINE_SECRET_KEY is missing" in line for line in said)


def test_the_demo_is_what_its_page_says(tmp_path: Path) -> None:
    settings = Settings.demo(tmp_path / "demo", 8456)
    africastalking, twilio = settings.gateways
    assert (africastalking.name, twilio.name) == ("africastalking", "twilio")
    assert africastalking.secrets["path"] == "demo"
    assert twilio.secrets["auth_token"] == "demo"
    assert twilio.options["account_sid"] == "AC" + "0" * 32
    assert settings.public_url == "http://127.0.0.1:8456"
    assert settings.short_code == "*0000#"
    assert settings.simulator
    for gateway in settings.gateways:
        assert problems(gateway, public_url=settings.public_url, demo=True) == []
        assert problems(gateway, public_url=settings.public_url) != []


def test_a_process_of_the_demo_has_the_same_settings(tmp_path: Path) -> None:
    settings = Settings.demo(tmp_path / "demo", 8456)
    again = Settings.load(settings.exports)
    assert again.data_keys == settings.data_keys
    assert again.public_url == settings.public_url


def test_a_demo_stays_away_from_a_real_installation(real: dict[str, str]) -> None:
    said = lines({**real, "HELPLINE_DEMO": "1"})
    assert len(said) == 3


def test_a_demo_may_play_on_other_servers(tmp_path: Path) -> None:
    settings = Settings.load(
        {
            "HELPLINE_DEMO": "1",
            "HELPLINE_DATA_DIR": str(tmp_path / "demo"),
            "HELPLINE_DATABASE_URL": "postgresql://one/demo",
            "HELPLINE_REDIS_URL": "redis://one",
        }
    )
    assert settings.database_url == "postgresql://one/demo"
    assert not settings.own_redis


def test_a_folder_that_others_may_write_to_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)
    assert lines({"HELPLINE_DATA_DIR": str(folder)}) == (
        "HELPLINE_DATA_DIR can be written by others",
    )


def test_a_folder_too_deep_for_a_socket_gets_one_elsewhere(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a-long-name-for-a-folder"] * 5)
    settings = Settings.demo(deep, 8456)
    assert len(str(settings.folder.socket)) < 100
    assert Settings.demo(deep, 8456).redis_url == settings.redis_url


def test_printing_the_settings_shows_no_secret(real: dict[str, str]) -> None:
    shown = repr(Settings.load({**real, "HELPLINE_DATABASE_URL": "postgresql://u:hidden@h/d"}))
    for name in ("HELPLINE_SECRET_KEY", "HELPLINE_DATA_KEYS", "AT_API_KEY", "AT_PATH"):
        assert real[name] not in shown
    assert "hidden" not in shown
