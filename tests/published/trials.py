"""Patients of published trials.

Kersey et al., N Engl J Med 1987;317:461-467: 46 patients with an allogeneic and 45 with an
autologous marrow transplant, days to relapse or death (kersey1987.csv: time, cens 1 = event,
transplant; also in the R packages smcure and mixcure).
Freireich et al., Blood 1963;21:699-716: weeks of remission under 6-mercaptopurine (21) and
placebo (21, all of whom relapsed), the data of most textbooks.
"""

import csv
from pathlib import Path

MERCAPTOPURINE = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def kersey1987():
    """Return time, event and group of each patient: 1 autologous, 0 allogeneic."""
    path = Path(__file__).with_name("kersey1987.csv")
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return (
        [float(row["time"]) for row in rows],
        [int(row["cens"]) for row in rows],
        [int(row["transplant"] == "Autologous") for row in rows],
    )
