"""Where the made-up pictures were taken, and who took them: real places, invented people, invented collections."""

from dataclasses import dataclass

from getty_emulator.sandbox.dice import Dice


@dataclass(frozen=True, slots=True)
class Place:
    """A city, as an image names it. `code` is the country's ISO alpha-2 code, `number` what a facet calls it."""

    number: int
    city: str
    state: str | None
    country: str
    code: str


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection of images of one family."""

    id: int
    code: str
    name: str
    family: str
    license_model: str
    product_types: tuple[str, ...]


COUNTRIES: tuple[tuple[str, str, str], ...] = tuple(
    (line[:2], line[3:6], line[7:])
    for line in """\
AR ARG Argentina|AU AUS Australia|AT AUT Austria|BE BEL Belgium|BR BRA Brazil|CA CAN Canada|CL CHL Chile|CN CHN China
CO COL Colombia|HR HRV Croatia|CZ CZE Czechia|DK DNK Denmark|EG EGY Egypt|FI FIN Finland|FR FRA France|DE DEU Germany
GH GHA Ghana|GR GRC Greece|IS ISL Iceland|IN IND India|ID IDN Indonesia|IE IRL Ireland|IT ITA Italy|JP JPN Japan
KE KEN Kenya|MY MYS Malaysia|MX MEX Mexico|MA MAR Morocco|NL NLD Netherlands|NZ NZL New Zealand|NG NGA Nigeria
NO NOR Norway|PE PER Peru|PH PHL Philippines|PL POL Poland|PT PRT Portugal|SN SEN Senegal|SG SGP Singapore
SI SVN Slovenia|ZA ZAF South Africa|KR KOR South Korea|ES ESP Spain|SE SWE Sweden|CH CHE Switzerland|TH THA Thailand
TR TUR Türkiye|GB GBR United Kingdom|US USA United States|UY URY Uruguay|VN VNM Vietnam""".replace("\n", "|").split("|")
)
"""ISO alpha-2, alpha-3 and name of the countries the sandbox knows, by name."""

_NAMES = {code: name for code, _, name in COUNTRIES}

PLACES: tuple[Place, ...] = tuple(
    Place(400 + number, city, state or None, _NAMES[code], code)
    for number, (city, state, code) in enumerate(
        entry.replace("_", " ").split("/")
        for entry in """\
Lisbon//PT Porto//PT Bergen//NO Tromsø//NO Reykjavik//IS Edinburgh/Scotland/GB Bristol/England/GB Galway//IE
Marseille/Provence/FR Annecy/Haute-Savoie/FR Hamburg//DE Leipzig/Saxony/DE Utrecht//NL Ghent/Flanders/BE Aarhus//DK
Gothenburg//SE Turku//FI Kraków//PL Brno//CZ Ljubljana//SI Split/Dalmatia/HR Trieste//IT Palermo/Sicily/IT
Valencia//ES Bilbao//ES Chania/Crete/GR Izmir//TR Essaouira//MA Dakar//SN Accra//GH Nairobi//KE
Cape_Town/Western_Cape/ZA Jaipur/Rajasthan/IN Kochi/Kerala/IN Hoi_An//VN Chiang_Mai//TH Kyoto//JP Sapporo/Hokkaido/JP
Busan//KR Hobart/Tasmania/AU Fremantle/Western_Australia/AU Wellington//NZ Valparaíso//CL Montevideo//UY Cusco//PE
Oaxaca//MX Vancouver/British_Columbia/CA Halifax/Nova_Scotia/CA Portland/Oregon/US Santa_Fe/New_Mexico/US
Savannah/Georgia/US Duluth/Minnesota/US""".split()
    )
)


COLLECTIONS: tuple[Collection, ...] = tuple(
    Collection(int(number), code, name, family, license_model, tuple(products.split()))
    for number, code, name, family, license_model, products in (
        line.split("|")
        for line in """\
9001|SBX|Sandbox Collection|creative|royaltyfree|easyaccess premiumaccess royaltyfreesubscription
9002|LTH|Lanternhouse|creative|royaltyfree|easyaccess premiumaccess
9003|OKE|Oak & Ember|creative|royaltyfree|easyaccess royaltyfreesubscription
9004|PBT|Paper Boat|creative|royaltyfree|easyaccess imagepack
9005|NLT|Northlight|creative|rightsmanaged|premiumaccess
9011|SBN|Sandbox News|editorial|rightsmanaged|editorialsubscription premiumaccess
9012|SBS|Sandbox Sport|editorial|rightsmanaged|editorialsubscription premiumaccess
9013|SBE|Sandbox Entertainment|editorial|rightsmanaged|editorialsubscription
9014|SBA|Sandbox Archive|editorial|rightsmanaged|editorialsubscription premiumaccess""".splitlines()
    )
)

_FIRST_NAMES = tuple(
    """Tilda Ansgar Miro Ottoline Idris Saoirse Caspian Leocadia Bram Zadie Ferris Ingrid Omari Petra Quentin Rosalba
    Soren Thandi Ulla Vesper Wilhelmina Yusra Anouk Basil Delphine Emeka Hiro Junia Kwame Lior Noor Priya""".split()
)
# Surnames that nobody bears: a made-up catalogue must not say of a living person where they were on a Tuesday.
_SURNAMES = tuple(
    """Quillfeather Marrowby Thistledown Lanternby Oakhollow Brindlemoor Saltmarrow Hazelgrover Coppermoor Foxwhistle
    Rainsworthing Pepperfield Larkendale Moonbridger Tidewell Ashenby Clovercombe Emberly-Stone Frostwick Gullhaven
    Heatherling Inkwater Juniperson Kestrelby Loamfield Mossgrave Nettlecroft Orchardine Pebblestow Wrenfield""".split()
)


def person(dice: Dice, second: bool = False) -> str:
    """The name of somebody who does not exist; the `second` of two never has the name of the first."""
    half = len(_FIRST_NAMES) // 2
    return f"{dice.pick(_FIRST_NAMES[half:] if second else _FIRST_NAMES[:half])} {dice.pick(_SURNAMES)}"
