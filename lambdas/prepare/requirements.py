"""Write requirements.json: the requirements of the request, or those that Claude derives from the prompt."""

from lambdas.core.models.claude import requirements as claude
from lambdas.core.money.ledger import Ledger
from lambdas.core.request.language import detect_language
from lambdas.core.request.request import Request
from lambdas.core.runtime.records import REQUIREMENTS
from lambdas.core.storage.run_folder import RunFolder


def write_requirements(folder: RunFolder, request: Request, ledger: Ledger) -> str:
    """Write requirements.json, unless an earlier invocation did, and return the prompt's language.

    Raises:
        CeilingReachedError: deriving them could pass the ceiling of the run, or of its batch.
    """
    written = folder.read_json(REQUIREMENTS)
    if written is None:
        derived = (
            claude.derive_requirements(request, ledger)
            if request.derives_requirements
            else claude.DerivedRequirements(language=None, requirements=request.requirements or ())
        )
        written = {
            "language": detect_language(request.prompt, derived.language),
            "given": request.requirements is not None,
            "requirements": [item.to_record() for item in (*derived.requirements, *request.added_requirements)],
        }
        folder.write_json(REQUIREMENTS, written)
    return str(written["language"])
