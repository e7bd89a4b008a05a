"""Licences of models, and what each says of commercial use. The one place that knows it."""

from tui.models.model import CommercialUse

COMMERCIAL_USE: dict[str, CommercialUse] = {
    "apache-2.0": "yes",
    "bsd-3-clause": "yes",
    "cc-by-4.0": "yes",
    "mit": "yes",
    # OpenMDW: as free as MIT, for the weights and everything that comes with them.
    "openmdw-1.0": "yes",
    "openmdw-1.1": "yes",
    "cc-by-nc-4.0": "no",
    "cc-by-nc-sa-4.0": "no",
    # Licences of EXAONE with NC in their names: research and education only.
    "exaone": "no",
    "qwen-research": "no",
    # A policy of prohibited uses goes with these.
    "deepseek": "conditions",
    "deepseek-license": "conditions",
    "gemma": "conditions",
    "falcon-llm-license": "conditions",
    # Guardrails may not be removed without others in their place.
    "nvidia-open-model-license": "conditions",
    "nvidia-nemotron-open-model-license": "conditions",
    # Companies with a revenue of 10 million dollars a year and more need another licence.
    "lfm1.0": "conditions",
    # Services with more than 700 million users a month need another licence.
    "llama3": "conditions",
    "llama3.1": "conditions",
    "llama3.2": "conditions",
    "llama3.3": "conditions",
    "llama4": "conditions",
    # With more than 100 million users a month.
    "qwen": "conditions",
    # Likewise, and not in the European Union, the United Kingdom or South Korea.
    "tencent-hunyuan-community": "conditions",
    "tencent-hunyuan-a13b": "conditions",
}
"""By the names that model pages use. A licence that is not here is not known."""


def commercial_use(license_name: str) -> CommercialUse | None:
    """Return whether a licence allows commercial use; None for one that is not known here."""
    return COMMERCIAL_USE.get(license_name.lower())
