"""The numbers of the requirements of OWASP ASVS 5.0.0 at levels 1 and 2, section by section; their text is not here.

Source: github.com/OWASP/ASVS, 5.0/docs_en/OWASP_Application_Security_Verification_Standard_5.0.0_en.csv. Left out of
a section are its requirements of level 3.
"""

SECTIONS: dict[str, range | tuple[int, ...]] = {
    "1.1": range(1, 3), "1.2": range(1, 10), "1.3": range(1, 12), "1.4": range(1, 4), "1.5": range(1, 3),
    "2.1": range(1, 4), "2.2": range(1, 4), "2.3": range(1, 5), "2.4": (1,),
    "3.2": range(1, 3), "3.3": range(1, 5), "3.4": range(1, 7), "3.5": range(1, 6), "3.7": range(1, 3),
    "4.1": range(1, 4), "4.2": (1,), "4.3": range(1, 3), "4.4": range(1, 5),
    "5.1": (1,), "5.2": range(1, 4), "5.3": range(1, 3), "5.4": range(1, 4),
    "6.1": range(1, 4), "6.2": range(1, 13), "6.3": range(1, 5), "6.4": range(1, 5), "6.5": range(1, 6),
    "6.6": range(1, 4), "6.8": range(1, 5),
    "7.1": range(1, 4), "7.2": range(1, 5), "7.3": range(1, 3), "7.4": range(1, 6), "7.5": range(1, 3),
    "7.6": range(1, 3),
    "8.1": range(1, 3), "8.2": range(1, 4), "8.3": (1,), "8.4": (1,),
    "9.1": range(1, 4), "9.2": range(1, 5),
    "10.1": range(1, 3), "10.2": range(1, 3), "10.3": range(1, 5), "10.4": range(1, 12), "10.5": range(1, 6),
    "10.6": range(1, 3), "10.7": range(1, 4),
    "11.1": range(1, 3), "11.2": range(1, 4), "11.3": range(1, 4), "11.4": range(1, 5), "11.5": (1,), "11.6": (1,),
    "12.1": range(1, 4), "12.2": range(1, 3), "12.3": range(1, 5),
    "13.1": (1,), "13.2": range(1, 6), "13.3": range(1, 3), "13.4": range(1, 6),
    "14.1": range(1, 3), "14.2": range(1, 5), "14.3": range(1, 4),
    "15.1": range(1, 4), "15.2": range(1, 4), "15.3": range(1, 8),
    "16.1": (1,), "16.2": range(1, 6), "16.3": range(1, 5), "16.4": range(1, 4), "16.5": range(1, 4),
    "17.1": (1,), "17.2": range(1, 5), "17.3": range(1, 3),
}  # fmt: skip
REQUIREMENTS = [f"{section}.{number}" for section, numbers in SECTIONS.items() for number in numbers]
