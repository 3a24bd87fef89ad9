"""Advice in a Flask application: `flask --app flask_view run`."""

from flask import Flask, Response, request

import dottedline

LANGUAGES = ["en", "id", "zh-TW"]

# Loaded once, before the server forks its workers. Each worker then follows the files by itself.
rulebooks = dottedline.Reloading(languages=LANGUAGES)

app = Flask(__name__)


def book():
    """The rulebook in the language of the request; asked for once in it, so that all rests on one state."""
    return rulebooks.in_language(request.accept_languages.best_match(LANGUAGES, default="en"))


@app.post("/advice")
def advice():
    return book().consult(request.get_json()).to_dict()


@app.post("/advice/<decision>")
def why(decision):
    try:
        return book().explain(request.get_json(), decision).to_dict()
    except KeyError:
        return {"problems": [{"message": f"there is no decision {decision}"}]}, 404


@app.post("/advice.html")
def page():
    return Response(dottedline.memo(book(), request.get_json()), mimetype="text/html")


@app.errorhandler(dottedline.ProfileError)
def bad_facts(error):
    """All that is wrong with the facts, with what would be right."""
    return {"problems": [{"message": each.message, "help": each.help} for each in error.problems]}, 422


@app.get("/health")
def health():
    current = rulebooks.current
    return {"rulebook": current.id, "version": current.version, "files_broken": str(rulebooks.error or "")}
