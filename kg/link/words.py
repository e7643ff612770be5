"""Words of names: one for several languages, legal forms, and small words. All are folded as :func:`kg.link.names.fold` does it.

The lists hold what occurs often in names of European bodies; a word that is missing only makes two names look less alike.
"""

from __future__ import annotations

_GROUPS = """
university: universitat universidad universidade universita universite universiteit universitet universitetet universitetas uniwersytet univerzita
 univerzitet sveuciliste panepistimio panepistimion yliopisto univerza universitatea universitesi egyetem ulikool universiti uni
institute: institut instituto istituto instytut institutet instituut institutul institutas insituto
centre: center zentrum centrum centro centar centrul keskus
research: forschung recherche ricerca ricerche investigacion investigacao pesquisa onderzoek badan
technology: technologie technologies tecnologia tecnologias technologijos technologiczny technologiczna teknologi teknologisk technological technologiques
technical: technische technisch technique tecnica tecnico techniki teknik teknisk tehnika
polytechnic: politecnico politecnica polytechnique politechnika politehnica
applied: angewandte angewandten aplicada applicata appliquee toegepast
sciences: science wissenschaft wissenschaften ciencias ciencia scienze scienza nauk vied
social: soziale sozialen sociales sociale sociais societal drustvene
innovation: innovationen inovacao innovacion innovazione inovacije inovatie
city: stadt ville ciudad citta comune ayuntamiento municipality municipal gemeente gemeinde kommune kommun miasto gmina mesto obec cidade municipio
 savivaldybes savivaldybe municipiul stadtverwaltung obcina
ministry: ministerium ministerio ministero ministere ministerie ministerstwo ministerstvo
academy: akademie academia accademia akademia akademi academie
school: schule scuola escuela ecole escola szkola
museum: museo musee muzeum museu
chamber: kammer camara camera chambre komora
engineering: ingenieria ingegneria ingenierie engenharia
development: entwicklung desarrollo sviluppo developpement desenvolvimento
network: netzwerk reseau red rete rede siec
european: europaische europaischer europaisches europaischen europea europeo europeenne europeen europeia europees europaeum
europe: europa
national: nationale nationales nacional nazionale narodowy nationaal
german: deutsche deutscher deutsches deutschen
germany: deutschland alemania allemagne germania
danish: dansk danske
spain: espana espanola espanol spanien espagne spanish
italy: italia italiana italiano italien italian
poland: polska polen polonia polish
france: frankreich francia
austria: osterreich austrian autriche
netherlands: nederland nederlandse niederlande dutch
belgium: belgie belgique belgien
turkey: turkiye turkei
cologne: koln
lisbon: lisboa lissabon
milan: milano mailand
vienna: wien
munich: munchen
prague: praha prag
warsaw: warszawa warschau
rome: roma rom
florence: firenze florenz
turin: torino
naples: napoli neapel
genoa: genova genua
venice: venezia venedig
bologna: bolonia
athens: athina athen
thessaloniki: thessalonikis
copenhagen: kobenhavn kopenhagen
gothenburg: goteborg
brussels: bruxelles brussel
antwerp: antwerpen anvers
ghent: gent
geneva: geneve genf
kaunas: kauno
vilnius: vilniaus
krakow: cracow krakowski krakau
bucharest: bucuresti bukarest
belgrade: beograd belgrad
seville: sevilla
saragossa: zaragoza
helsinki: helsingin helsingfors
catalonia: catalunya cataluna
lorraine: lothringen
istanbul: istambul
"""
"""One word for several: the first stands for the others (folded, so `universitaet` is there as `universitat`)."""

SAME = {
    other: first
    for line in _GROUPS.replace("\n ", " ").strip().splitlines()
    for first, _, others in [line.partition(":")]
    for other in others.split()
}
"""For each word the one that stands for it."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LEGAL_CODES = _words("""
gmbh ggmbh gag ag ev eg kg kgaa ohg ug mbh aor se sa spa srl srls sl slu slp sau scarl scrl sarl sas sasu asbl aisbl ivzw vzw bv bvba nv cv
ltd limited llc lbg clg cic plc inc corp oy oyj ab as asa aps sro doo dd kft zrt nyrt rt sp zoo spzoo zo ae ike epe eood ood ead ad co cie nvsa uab
""")
"""Abbreviated legal forms (folded): they go from the end of a name only, because `Bath Spa University` is no joint-stock company."""

LEGAL_WORDS = _words("""
association associazione asociacion associacao associacio verein vereniging foreningen forening egyesulet stowarzyszenie udruga
foundation fondation fundacion fundacio fondazione fundacao fundacja stichting stiftung sihtasutus fonds fonden alapitvany fundazioa
company societa societe sociedad sociedade cooperativa cooperative cooperatie genossenschaft impresa consortile azioni limitada limitee
anonima anonyme anonim sirketi group groupe gruppe holding eingetragener gemeinnutzige
""")
"""Legal forms and kinds of company in full (folded): they go wherever they stand."""

STOP_WORDS = _words("""
the of for and in on at to an und der die das des den dem fur von vom zu zur zum im am an bei auf
de du la le les et au aux en l d el los las y e i o a da do das dos del di della dello dei degli delle nel per il lo gli
van voor het na w z ve och og ja te
""")
"""Articles, prepositions and conjunctions (folded)."""
