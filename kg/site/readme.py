"""The words for who puts the site online."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.site.frame import Site

_EN = """{title}: a static site
{line}

Look at it: open index.html (German: index.de.html), no server and no internet needed; or
  python -m http.server --directory .        and open http://localhost:8000/

Put it online: copy the whole folder, hidden files included, to any web host, below any path. Nothing has to run there.
  Apache              .htaccess sends /id/… to page or data by what is asked for (Accept), and sets media types.
  Netlify, Cloudflare _redirects and _headers do what these hosts can: /id/… leads to the page.
  GitHub Pages        works as it is (.nojekyll); no redirects there, so let w3id.org point to it.
{w3id}
Check it: `kg preflight` reads catalogue, VoID and sitemap.
Replace it: `kg publish --site` again; the folder is swapped in one step.
"""
_DE = """{title}: statische Website
{line}

Ansehen: index.de.html öffnen (englisch: index.html), ohne Server und ohne Internet; oder
  python -m http.server --directory .        und http://localhost:8000/ öffnen

Ins Netz stellen: den ganzen Ordner samt versteckten Dateien auf einen beliebigen Webspace kopieren, unter jeden Pfad. Dort muss nichts laufen.
  Apache              .htaccess führt /id/… je nach Anfrage (Accept) zu Seite oder Daten und setzt Medientypen.
  Netlify, Cloudflare _redirects und _headers tun, was diese Hosts können: /id/… führt zur Seite.
  GitHub Pages        geht, wie es ist (.nojekyll); Weiterleitungen gibt es dort nicht, also sollte w3id.org dorthin zeigen.
{w3id}
Prüfen: `kg preflight` liest Katalog, VoID und Sitemap.
Ersetzen: `kg publish --site` noch einmal; der Ordner wird in einem Schritt ausgetauscht.
"""
_W3ID = {
    "en": (
        "w3id/.htaccess holds the redirects of the namespace {base} to {address}; hand it in at w3id.org.",
        "Redirects for w3id.org: write the site again with --base-url ADDRESS; sitemap and links then name it, too.",
    ),
    "de": (
        "w3id/.htaccess enthält die Weiterleitungen des Namensraums {base} nach {address}; reichen Sie sie bei w3id.org ein.",
        "Weiterleitungen für w3id.org: Schreiben Sie die Website noch einmal mit --base-url ADRESSE; Sitemap und Verweise nennen sie dann auch.",
    ),
}


def readme(site: Site, *, own: bool) -> str:
    """Return `README.txt` in both languages.

    Args:
        site: What the pages say.
        own: Whether no address was given, so that there are no redirects for w3id.org.
    """
    texts = []
    for lang, form in (("de", _DE), ("en", _EN)):
        title = site.titles[lang]
        w3id = _W3ID[lang][own].format(base=site.base, address=site.address)
        texts.append(form.format(title=title, line="=" * len(title), w3id=w3id))
    return "\n".join(texts)
