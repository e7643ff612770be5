"""The sentences of analysis results, German and English, in one place, so that a test can read them all.

None of them compares institutions: `frames` decides what may be said, and on a census later modules add their own sentences.
"""

from __future__ import annotations

import math

TEXT: dict[str, dict[str, str]] = {
    # What a number is
    "title": {"de": "{name}: Rolle in Projekten", "en": "{name}: role across projects"},
    "summary": {
        "de": "{projects}, {partners}, davon {repeats} in mindestens zwei Projekten.",
        "en": "{projects}, {partners}, {repeats} of them in at least two projects.",
    },
    "projects-one": {"de": "1 Projekt", "en": "1 project"},
    "projects-many": {"de": "{n} Projekte", "en": "{n} projects"},
    "partners-one": {"de": "1 Partnereinrichtung", "en": "1 partner institution"},
    "partners-many": {"de": "{n} Partnereinrichtungen", "en": "{n} partner institutions"},
    "summary-years": {"de": "Datiert von {first} bis {last}.", "en": "Dated from {first} to {last}."},
    "counted-as": {
        "de": "„{asked}“ zählt auf der Ebene {level} als „{counted}“; dieses Profil gilt für „{counted}“.",
        "en": "“{asked}” counts as “{counted}” at level {level}; this profile is about “{counted}”.",
    },
    "counts-elsewhere": {
        "de": "Auf dieser Ebene zählen Beteiligungen an {number} Projekten, in denen „{asked}“ genannt ist, für „{other}“.",
        "en": "At this level participations in {number} projects that name “{asked}” count for “{other}”.",
    },
    "above": {"de": "Gehört zu: {names}", "en": "Belongs to: {names}"},
    "no-projects": {"de": "Keine Beteiligung an einem Projekt erfasst.", "en": "No participation in a project is recorded."},
    "unknown": {"de": "unbekannt", "en": "unknown"},
    "unknown-short": {"de": "?", "en": "?"},
    "none": {"de": "keine erfasst", "en": "none recorded"},
    # Method
    "method": {"de": "Methode", "en": "Method"},
    "method-line": {
        "de": "Ebene {level} · Gewicht {weight} · Rollen {roles} · Rahmen {frame} · Zuordnung {mapping} · Graph {name}, Stand {state}, Build {build}",
        "en": "level {level} · weight {weight} · roles {roles} · frame {frame} · mapping {mapping} · graph {name}, state {state}, build {build}",
    },
    "method-linked": {"de": "Verknüpftes zählt als eins", "en": "what links join counts as one"},
    "method-sources": {
        "de": "Quellen {names}, nicht verknüpft (--graph NAME nimmt eine allein, --linked verknüpft sie)",
        "en": "sources {names}, not linked (--graph NAME takes one alone, --linked joins them)",
    },
    "method-random": {"de": "Startwert {seed}, {draws} Ziehungen", "en": "seed {seed}, {draws} draws"},
    "rule": {"de": "Zählregel", "en": "Counting rule"},
    "frame": {"de": "Rahmen der Daten", "en": "Frame of the data"},
    "frame-title": {"de": "Was diese Daten nicht sagen können", "en": "What these data cannot say"},
    "population": {"de": "Was erfasst wurde", "en": "What was collected"},
    "roles-all": {"de": "alle", "en": "all"},
    "roles-without-associated": {"de": "ohne assoziierte Partner", "en": "without associated partners"},
    "roles-coordinator-star": {"de": "Koordination mit allen anderen", "en": "coordinator with every other"},
    "weight-newman": {"de": "Newman 1/(k−1)", "en": "Newman 1/(k−1)"},
    "weight-count": {"de": "Anzahl gemeinsamer Projekte", "en": "number of shared projects"},
    "weight-contribution": {"de": "Fördermittel beider, durch k−1", "en": "contributions of both, by k−1"},
    "method-level": {"de": "Ebene", "en": "Level"},
    "method-weight": {"de": "Gewicht", "en": "Weight"},
    "method-roles": {"de": "Rollen", "en": "Roles"},
    "method-frame": {"de": "Rahmen", "en": "Frame"},
    "method-mapping": {"de": "Version der Zuordnung", "en": "Version of the mapping"},
    "method-build": {"de": "Graph, Stand, Build", "en": "Graph, state, build"},
    "method-seed": {"de": "Startwert, Ziehungen", "en": "Seed, draws"},
    "method-software": {"de": "Software", "en": "Software"},
    # Parts of a profile
    "sentences": {"de": "Kurz gesagt", "en": "In short"},
    "sentences-note": {
        "de": "Jeder Satz steht hier nur, wenn seine Regel gilt; JSON nennt zu jedem die Zahlen und die Zeilen dahinter.",
        "en": "Each sentence stands here only where its rule holds; JSON gives the numbers and the rows behind each.",
    },
    "sentence-rule": {"de": "Regel", "en": "Rule"},
    "sentence-rows-one": {"de": "1 Zeile dahinter", "en": "1 row behind it"},
    "sentence-rows-many": {"de": "{n} Zeilen dahinter", "en": "{n} rows behind it"},
    "sentence-section": {"de": "Zum Abschnitt", "en": "To the section"},
    "level-unit": {"de": "wie genannt", "en": "as named"},
    "level-merged": {"de": "größere Einrichtung in ihrer Einheit", "en": "larger body merged into its unit"},
    "level-top": {"de": "Spitze der Hierarchie", "en": "top of the hierarchy"},
    "measures": {"de": "Maße im Netz", "en": "Measures in the network"},
    "measure": {"de": "Maß", "en": "Measure"},
    "value": {"de": "Wert", "en": "Value"},
    "error": {"de": "Standardfehler", "en": "Standard error"},
    "rank": {"de": "Rang", "en": "Rank"},
    "rank-of": {"de": "{rank} von {of}", "en": "{rank} of {of}"},
    "ranks": {"de": "{low} bis {high}", "en": "{low} to {high}"},
    "measures-note": {
        "de": "Gleiche Werte teilen den Rang; bei geschätzten Werten stehen die Ränge, die ± 2 Standardfehler erlauben. Quellen der Maße: JSON, "
        "measures.",
        "en": "Equal values share a rank; for estimated values the ranks stand that ± 2 standard errors allow. Sources of the measures: JSON, measures.",
    },
    "roles": {"de": "Rollen", "en": "Roles"},
    "roles-note": {
        "de": "Nach Rollencode; ein Projekt mit zwei Rollen zählt bei beiden. „Selbst genannt“: die Quelle nennt die Einrichtung; "
        "„über andere Stelle“: sie nennt nur eine Stelle, die hier mit ihr zählt.",
        "en": "By role code; a project with two roles counts in both. “Named itself”: the source names the institution; “through "
        "another body”: it names only a body that counts with it here.",
    },
    "role": {"de": "Rolle", "en": "Role"},
    "named-itself": {"de": "selbst genannt", "en": "named itself"},
    "named-through": {"de": "über andere Stelle", "en": "through another body"},
    "through": {"de": "als {name}: {roles}", "en": "as {name}: {roles}"},
    "wordings": {"de": "Rollen im Wortlaut der Quellen", "en": "Roles as the sources word them"},
    "wording": {"de": "Wortlaut", "en": "Wording"},
    "projects": {"de": "Projekte", "en": "Projects"},
    "project": {"de": "Projekt", "en": "Project"},
    "time": {"de": "Zeit", "en": "Time"},
    "time-note": {
        "de": "Datum der Beteiligung; das Projekt selbst ist dort nicht datiert",
        "en": "date of the participation; the project itself is not dated there",
    },
    "consortium": {"de": "Konsortium", "en": "Consortium"},
    "consortium-text": {"de": "{counted} gezählt; laut Quellen {declared}", "en": "{counted} counted; sources say {declared}"},
    "consortium-undeclared": {"de": "{counted} gezählt; Größe in keiner Quelle", "en": "{counted} counted; size in no source"},
    "completeness-complete": {"de": "vollständig", "en": "complete"},
    "completeness-partial": {"de": "teilweise", "en": "partial"},
    "completeness-unknown": {"de": "Vollständigkeit unbekannt", "en": "completeness unknown"},
    "attested-by": {"de": "Belegt durch", "en": "Attested by"},
    "years": {"de": "Projekte nach Jahr", "en": "Projects by year"},
    "years-note": {
        "de": "Sicher: nach den Daten laufend. Möglich: dazu Projekte mit offenem Anfang oder Ende; ein offener Anfang reicht bis zum "
        "ersten hier bekannten Jahr zurück, ein offenes Ende bis zum Stand der Daten.",
        "en": "Certain: running by its dates. Possible: with projects whose start or end is open; an open start reaches back to the first year "
        "known here, an open end to the state of the data.",
    },
    "year": {"de": "Jahr", "en": "Year"},
    "certain": {"de": "sicher", "en": "certain"},
    "possible": {"de": "möglich", "en": "possible"},
    "undated": {"de": "ohne Datum", "en": "no date"},
    "partners": {"de": "Partnereinrichtungen", "en": "Partner institutions"},
    "partner": {"de": "Einrichtung", "en": "Institution"},
    "kind": {"de": "Art", "en": "Kind"},
    "shared": {"de": "gemeinsame Projekte", "en": "shared projects"},
    "shared-which": {"de": "welche", "en": "which"},
    "expected": {"de": "bei Zufall erwartet", "en": "expected by chance"},
    "interval": {"de": "95 %: {low} bis {high}", "en": "95 %: {low} to {high}"},
    "repeats": {"de": "Wiederkehrende Partner", "en": "Repeat partners"},
    "repeats-text": {
        "de": "{observed} Einrichtungen in mindestens zwei gemeinsamen Projekten; bei Zufall wären es im Mittel {mean} (95 % der "
        "Ziehungen: {low} bis {high}). {verdict} Ein mindestens so hoher Wert kommt bei einem Anteil von {share} der Ziehungen "
        "vor.",
        "en": "{observed} institutions in at least two shared projects; chance would give {mean} on average (95 % of draws: {low} to "
        "{high}). {verdict} A number at least as high comes up in a share of {share} of the draws.",
    },
    "verdict-within": {"de": "Das liegt im Bereich des Zufalls.", "en": "This lies within what chance gives."},
    "verdict-above": {"de": "Das ist mehr, als Zufall ergibt.", "en": "This is more than chance gives."},
    "verdict-below": {"de": "Das ist weniger, als Zufall ergibt.", "en": "This is less than chance gives."},
    "repeats-method": {
        "de": "Zufall heißt: dieselben Projekte mit denselben Größen und dieselben Einrichtungen mit derselben Zahl von Projekten, "
        "sonst beliebig besetzt (Curveball, Strona u. a. 2014; {draws} Ziehungen, Startwert {seed}). Verglichen wird innerhalb "
        "der erfassten Projekte.",
        "en": "Chance means: the same projects with the same sizes and the same institutions with the same number of projects, "
        "otherwise filled at random (curveball, Strona et al. 2014; {draws} draws, seed {seed}). The comparison is within the "
        "recorded projects.",
    },
    "repeats-method-configuration": {
        "de": "Zufall heißt: Projekte mit denselben Größen und Einrichtungen mit derselben Zahl von Projekten, sonst beliebig besetzt "
        "(bipartites Konfigurationsmodell, Saracco u. a. 2017, gerechnet statt ausgelost; {draws} Ziehungen der eigenen Projekte, Startwert "
        "{seed}). Verglichen wird innerhalb der erfassten Projekte.",
        "en": "Chance means: projects of the same sizes and institutions with the same number of projects, otherwise filled at random "
        "(bipartite configuration model, Saracco et al. 2017, solved rather than drawn; {draws} draws of its own projects, seed {seed}). The "
        "comparison is within the recorded projects.",
    },
    "within-sources": {
        "de": "Verglichen wird nur innerhalb der Quelle „{sources}“, die diese Projekte nennt; Projekte anderer Quellen zählen dabei nicht.",
        "en": "The comparison is within the source “{sources}” only, which names these projects; projects of other sources do not count in it.",
    },
    "single-partners": {"de": "Die übrigen {number} in einem Projekt", "en": "The other {number} in one project"},
    "funding": {"de": "Förderung der Projekte", "en": "Funding of the projects"},
    "funding-note": {
        "de": "Gefördert wird das Projekt; den Anteil der Einrichtung nennt keine Quelle. Ein Projekt kann unter mehreren Programmen "
        "und Geldgebern stehen.",
        "en": "It is the project that is funded; no source gives the institution's share. A project may stand under several programmes and funders.",
    },
    "amounts": {
        "de": "Bekannte Fördersumme: {sum} {currency} aus {projects} von {of} Projekten (für das ganze Konsortium).",
        "en": "Known funding: {sum} {currency} from {projects} of {of} projects (for the whole consortium).",
    },
    "no-amounts": {"de": "Zu keinem Projekt ist eine Fördersumme bekannt.", "en": "No amount of funding is known for any project."},
    "programme": {"de": "Programm", "en": "Programme"},
    "programmes": {"de": "Programme", "en": "Programmes"},
    "funder": {"de": "Geldgeber", "en": "Funder"},
    "funders": {"de": "Geldgeber", "en": "Funders"},
    "funds": {"de": "Fördert selbst", "en": "Funds itself"},
    "topics": {"de": "Themen der Projekte", "en": "Topics of the projects"},
    "topic": {"de": "Thema", "en": "Topic"},
    "places": {"de": "Orte der Projekte", "en": "Places of the projects"},
    "places-note": {
        "de": "Schauplätze der Projekte, nicht Standorte der Einrichtung.",
        "en": "Where the projects took place, not where the institution is located.",
    },
    "place": {"de": "Ort", "en": "Place"},
    "contributions": {
        "de": "Beiträge (keine Beteiligungen, nirgends mitgezählt)",
        "en": "Contributions (no participations, counted nowhere)",
    },
    "contribution": {"de": "Beitrag", "en": "Contribution"},
    "thing": {"de": "Wozu", "en": "To what"},
    "developed": {"de": "hat entwickelt", "en": "developed"},
    "supports": {"de": "unterstützt", "en": "supports"},
    "contributedTo": {"de": "hat beigetragen zu", "en": "contributed to"},
    "featuredIn": {"de": "vorgestellt in", "en": "featured in"},
    "elsewhere": {"de": "Veranstaltungen, Programme, Kampagnen (nicht mitgezählt)", "en": "Events, programmes, campaigns (not counted)"},
    "initiative": {"de": "Was", "en": "What"},
    "Event": {"de": "Veranstaltung", "en": "event"},
    "Programme": {"de": "Programm", "en": "programme"},
    "Campaign": {"de": "Kampagne", "en": "campaign"},
    "attestation": {"de": "Wer die Beteiligungen belegt", "en": "Who attests the participations"},
    "attestation-note": {
        "de": "Unabhängig heißt: anderer Herausgeber. Gezählt wird je Projekt der stärkste Beleg.",
        "en": "Independent means: another publisher. Each project is counted once, by its strongest source.",
    },
    "class": {"de": "Stärkster Beleg", "en": "Strongest source"},
    "class-outside": {"de": "ein Herausgeber außerhalb der eigenen Hierarchie", "en": "a publisher outside its own hierarchy"},
    "class-related": {"de": "nur eine übergeordnete oder untergeordnete Stelle", "en": "only a body above or a unit below it"},
    "class-own": {"de": "nur die Einrichtung selbst", "en": "only the institution itself"},
    "class-attributed": {
        "de": "zugeschrieben: die Partnerlisten nennen nur die übergeordnete Stelle",
        "en": "attributed: partner lists name only the larger body",
    },
    "class-other-body": {
        "de": "die Quellen nennen eine andere Stelle, die hier mit ihr zählt",
        "en": "sources name another body that counts with it here",
    },
    "class-delivery": {"de": "eine Datenlieferung ohne Einzelbelege", "en": "a delivery of data without single sources"},
    "short-outside": {"de": "außen", "en": "outside"},
    "short-related": {"de": "eigene Hierarchie", "en": "own hierarchy"},
    "short-own": {"de": "nur selbst", "en": "only itself"},
    "short-attributed": {"de": "zugeschrieben", "en": "attributed"},
    "short-other-body": {"de": "andere Stelle", "en": "another body"},
    "short-delivery": {"de": "Lieferung", "en": "delivery"},
    "outside-publishers": {"de": "Herausgeber außerhalb der eigenen Hierarchie", "en": "Publishers outside its own hierarchy"},
    "publisher": {"de": "Herausgeber", "en": "Publisher"},
    "disputed": {"de": "strittig", "en": "disputed"},
    # What is not known
    "gaps": {"de": "Was nicht bekannt ist", "en": "What is not known"},
    "gap-no-start": {"de": "Anfang unbekannt: {number} von {of} Projekten", "en": "start unknown: {number} of {of} projects"},
    "gap-no-end": {
        "de": "Ende unbekannt oder offen: {number} von {of} Projekten",
        "en": "end unknown or open: {number} of {of} projects",
    },
    "gap-role-unspecified": {
        "de": "eigene Rolle nicht als Code belegt (nur als Aufgabe oder gar nicht): {number} von {of} Projekten",
        "en": "own role not given as a code (only as a task, or not at all): {number} of {of} projects",
    },
    "gap-only-attributed": {
        "de": "nur über die übergeordnete Stelle belegt (zugeschrieben): {number} von {of} Projekten",
        "en": "known only through the larger body (attributed): {number} of {of} projects",
    },
    "gap-only-own": {
        "de": "nur von der Einrichtung oder ihrer eigenen Hierarchie belegt: {number} von {of} Projekten",
        "en": "stated only by the institution or its own hierarchy: {number} of {of} projects",
    },
    "gap-size-unknown": {
        "de": "keine Quelle sagt, wie groß das Konsortium ist: {number} von {of} Projekten",
        "en": "no source says how large the consortium is: {number} of {of} projects",
    },
    "gap-size-partial": {
        "de": "Konsortium nur teilweise erfasst: {number} von {of} Projekten",
        "en": "consortium recorded only in part: {number} of {of} projects",
    },
    "gap-size-above": {
        "de": "mehr Einrichtungen erfasst, als die Quellen angeben: {number} von {of} Projekten",
        "en": "more institutions recorded than the sources say: {number} of {of} projects",
    },
    "gap-alone": {"de": "kein Partner erfasst: {number} von {of} Projekten", "en": "no partner recorded: {number} of {of} projects"},
    "gap-no-funding": {"de": "Förderung unbekannt: {number} von {of} Projekten", "en": "funding unknown: {number} of {of} projects"},
    "gap-no-amount": {
        "de": "Fördersumme unbekannt: {number} von {of} Projekten",
        "en": "amount of funding unknown: {number} of {of} projects",
    },
    "gap-no-topic": {"de": "ohne Thema: {number} von {of} Projekten", "en": "without a topic: {number} of {of} projects"},
    "gap-disputed": {
        "de": "Beteiligung strittig: {number} von {of} Projekten",
        "en": "participation disputed: {number} of {of} projects",
    },
    "gap-no-kind": {
        "de": "Art der Einrichtung unbekannt: {number} von {of} Partnern",
        "en": "kind of institution unknown: {number} of {of} partners",
    },
    "gap-share": {
        "de": "Anteil der Einrichtung an der Förderung: bei keinem Projekt erfasst",
        "en": "the institution's share of the funding: recorded for no project",
    },
    # Figures
    "figure": {"de": "Abbildung {number}", "en": "Figure {number}"},
    "figure-network": {"de": "Projekte und wiederkehrende Partner", "en": "Projects and repeat partners"},
    "figure-network-caption": {
        "de": "Projekte von „{name}“ (links; in Klammern weitere Partner, die nur in diesem Projekt vorkommen) und die {repeats} "
        "Einrichtungen, mit denen mindestens zwei Projekte geteilt werden (rechts; Zahl der gemeinsamen Projekte). Eine Linie "
        "heißt: beteiligt. Die Reihenfolge dient nur der Lesbarkeit.",
        "en": "Projects of “{name}” (left; in brackets further partners met in this project only) and the {repeats} institutions with"
        " which at least two projects are shared (right; number of shared projects). A line means: takes part. The order serves"
        " legibility only.",
    },
    "figure-network-alt": {
        "de": "Zweispaltiges Netz: links {projects} Projekte, rechts {repeats} wiederkehrende Partner, Linien für Beteiligungen. "
        "Dieselben Angaben stehen in der Tabelle der wiederkehrenden Partner.",
        "en": "Two-column network: {projects} projects on the left, {repeats} repeat partners on the right, lines for participations."
        " The table of repeat partners gives the same data.",
    },
    "figure-timeline": {"de": "Projekte in der Zeit", "en": "Projects in time"},
    "figure-timeline-caption": {
        "de": "Oben: Zahl der Projekte je Jahr, sicher (dunkel) und möglich (hell). Unten: Laufzeit und eigene Rolle je Projekt; "
        "volle Balken sind belegt, schraffierte zeigen, wo Anfang oder Ende offen oder nur auf das Jahr genau ist. Gestrichelte"
        " Linie: Stand der Daten.",
        "en": "Top: number of projects per year, certain (dark) and possible (light). Bottom: duration and own role per project; "
        "solid bars are attested, hatched ones show where start or end is open or known to the year only. Dashed line: state of"
        " the data.",
    },
    "figure-timeline-alt": {
        "de": "Zeitleiste von {projects} Projekten, {first} bis {last}. Dieselben Angaben stehen in der Tabelle der Projekte.",
        "en": "Timeline of {projects} projects, {first} to {last}. The table of projects gives the same data.",
    },
    "figure-partners": {"de": "Wiederkehrende Partner und Zufall", "en": "Repeat partners and chance"},
    "figure-partners-caption": {
        "de": "Gemeinsame Projekte je Partner (Balken) und was Zufall ergäbe: Mittel (Raute) und 95 % der Ziehungen (Strich); {draws}"
        " Ziehungen ({model}), Startwert {seed}.",
        "en": "Shared projects per partner (bar) and what chance would give: mean (diamond) and 95 % of the draws (line); {draws} "
        "draws ({model}), seed {seed}.",
    },
    "model-curveball": {"de": "Curveball, beide Ränder erhalten", "en": "curveball, both margins kept"},
    "model-configuration": {
        "de": "bipartites Konfigurationsmodell, beide Ränder im Mittel erhalten",
        "en": "bipartite configuration model, both margins kept on average",
    },
    "figure-partners-alt": {
        "de": "Balken für {repeats} Einrichtungen mit mindestens zwei gemeinsamen Projekten, daneben der bei Zufall erwartete Wert. "
        "Dieselben Angaben stehen in der Tabelle der wiederkehrenden Partner.",
        "en": "Bars for {repeats} institutions with at least two shared projects, with the number expected by chance. The table of "
        "repeat partners gives the same data.",
    },
    "figure-method": {
        "de": "Ebene {level}, Rollen {roles}, Rahmen {frame}; Graph {name}, Stand {state}, Build {build}.",
        "en": "Level {level}, roles {roles}, frame {frame}; graph {name}, state {state}, build {build}.",
    },
    "figures-missing": {
        "de": "Ohne Abbildungen: dafür fehlt das Paket matplotlib (pip install 'innovation-kg[plot]').",
        "en": "Without figures: they need the package matplotlib (pip install 'innovation-kg[plot]').",
    },
    "figure-cut-network": {
        "de": "Gezeigt sind {shown} von {of} wiederkehrenden Partnern und {projects} von {all} Projekten.",
        "en": "{shown} of {of} repeat partners and {projects} of {all} projects are shown.",
    },
    "figure-more": {"de": "und {number} weitere Projekte", "en": "and {number} more projects"},
    "figure-cut": {"de": "Gezeigt sind {shown} von {of}.", "en": "{shown} of {of} are shown."},
    "without-repeats": {"de": "Ohne wiederkehrende Partner", "en": "Without repeat partners"},
    "chance-legend": {"de": "Zufall: Mittel und 95 % der Ziehungen", "en": "chance: mean and 95 % of draws"},
    "axis-shared": {"de": "gemeinsame Projekte", "en": "shared projects"},
    "column-projects": {"de": "Projekte", "en": "Projects"},
    "column-partners": {"de": "Wiederkehrende Partner", "en": "Repeat partners"},
    "observed": {"de": "beobachtet", "en": "observed"},
    # Table of all institutions
    "analysis-title": {"de": "Netz der Zusammenarbeit", "en": "Collaboration network"},
    "analysis-summary": {
        "de": "{institutions} Einrichtungen in {projects} Projekten; {edges} Paare mit gemeinsamem Projekt, {repeated} davon mit mindestens zwei.",
        "en": "{institutions} institutions in {projects} projects; {edges} pairs that share a project, {repeated} of them at least two.",
    },
    "analysis-components": {
        "de": "{components} zusammenhängende Teile, der größte mit {largest} Einrichtungen; {isolated} ohne Partner. Dichte {density}.",
        "en": "{components} connected parts, the largest with {largest} institutions; {isolated} without a partner. Density {density}.",
    },
    "analysis-clustering": {
        "de": "Clustering: projiziert {projected}, zweimodal {two_mode}. Die Projektion macht jedes Projekt zu einer Clique und "
        "überschätzt es; darum beide.",
        "en": "Clustering: projected {projected}, two-mode {two_mode}. The projection turns every project into a clique and inflates it; hence both.",
    },
    "analysis-communities": {
        "de": "{number} Gruppen ({method}, Startwert {seed}, Auflösung {resolution}, Modularität {modularity}).",
        "en": "{number} groups ({method}, seed {seed}, resolution {resolution}, modularity {modularity}).",
    },
    "analysis-betweenness": {
        "de": "Betweenness ist aus {sources} ausgelosten Einrichtungen geschätzt; Standardfehler höchstens {error}.",
        "en": "Betweenness is estimated from {sources} institutions drawn at random; standard error at most {error}.",
    },
    "analysis-shown-least": {
        "de": "{shown} von {of} Einrichtungen (mindestens {least} Projekte), nach Namen. Alle mit allen Maßen: --format csv oder json.",
        "en": "{shown} of {of} institutions (at least {least} projects), by name. All of them with all measures: --format csv or json.",
    },
    "analysis-shown": {
        "de": "{shown} von {of} Einrichtungen (mindestens zwei Projekte), nach Namen. Alle mit allen Maßen: --format csv oder json.",
        "en": "{shown} of {of} institutions (at least two projects), by name. All of them with all measures: --format csv or json.",
    },
    "strength": {"de": "Stärke", "en": "strength"},
    "betweenness": {"de": "Betweenness", "en": "betweenness"},
    "group": {"de": "Gruppe", "en": "group"},
    "partners-short": {"de": "Partner", "en": "partners"},
    # Page
    "skip": {"de": "Zum Inhalt", "en": "Skip to content"},
}

KINDS: dict[str, dict[str, str]] = {
    "university": {"de": "Hochschule", "en": "university"},
    "research-institute": {"de": "Forschungsinstitut", "en": "research institute"},
    "municipality": {"de": "Kommune", "en": "municipality"},
    "public-body": {"de": "öffentliche Stelle", "en": "public body"},
    "company": {"de": "Unternehmen", "en": "company"},
    "civil-society": {"de": "Zivilgesellschaft", "en": "civil society"},
    "network": {"de": "Netzwerk", "en": "network"},
    "cultural-institution": {"de": "Kultureinrichtung", "en": "cultural institution"},
    "chamber": {"de": "Kammer", "en": "chamber"},
    "education-provider": {"de": "Bildungsträger", "en": "education provider"},
}
"""Labels of the scheme organisation-kind, as in `ontology/codes/organisation-kind.ttl`; a test keeps them equal."""


def say(key: str, lang: str, **values: object) -> str:
    """Return a sentence in a language with its values filled in.

    >>> say("unknown", "de")
    'unbekannt'
    """
    return TEXT[key][lang].format(**values)


def kind_label(kind: str, lang: str) -> str:
    """Return the label of a kind of institution; one of another list keeps its code, an unknown one is said to be unknown."""
    if not kind:
        return say("unknown", lang)
    return KINDS.get(kind, {}).get(lang, kind)


def significant(value: float, lang: str) -> str:
    """Return a number with three significant digits, whole numbers whole.

    >>> significant(0.00021513, "en"), significant(24.0, "en"), significant(404.486, "de")
    ('0.000215', '24', '404')
    """
    if value == int(value):
        return number(int(value), lang)
    return number(value, lang, max(0, 2 - math.floor(math.log10(abs(value)))))


def number(value: float | int, lang: str, digits: int = 0) -> str:
    """Return a number as it is written in a language.

    >>> number(1234567.891, "de", 1), number(1234567.891, "en", 1), number(3, "de")
    ('1.234.567,9', '1,234,567.9', '3')
    """
    text = f"{value:,.{digits}f}"
    return text.translate(str.maketrans(",.", ".,")) if lang == "de" else text
