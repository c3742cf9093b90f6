"""A transformer of BERT's size to compare with: 12 layers, 768 wide, random weights; what Detoxify's models run on.

Source of the architecture: Devlin et al., "BERT", NAACL 2019, the base model, with a head for six labels. Its speed
does not hang on its weights. PyTorch brings the layers; it is no part of Parley.
"""

from collections.abc import Callable, Sequence

INSTALL = "torch is not installed here. Install it with: .venv/bin/pip install torch"

_LAYERS, _WIDTH, _HEADS, _INNER = 12, 768, 12, 3072
_WORDS, _LONGEST, _LABELS = 30_522, 512, 6


Pass = Callable[[Sequence[int]], object]
"""Called with the number of tokens of each text."""


def load() -> Pass | None:
    """A forward pass over texts of so many tokens each, on one thread; None where torch is missing.

    Texts of one pass are filled up to the longest and cut at 512 tokens.
    """
    try:
        import torch
    except ModuleNotFoundError:
        return None
    from torch import nn

    torch.set_num_threads(1)
    torch.manual_seed(1)

    class _Bert(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.words = nn.Embedding(_WORDS, _WIDTH)
            self.places = nn.Embedding(_LONGEST, _WIDTH)
            self.norm = nn.LayerNorm(_WIDTH)
            layer = nn.TransformerEncoderLayer(_WIDTH, _HEADS, _INNER, activation="gelu", batch_first=True)
            self.layers = nn.TransformerEncoder(layer, _LAYERS)
            self.pooler = nn.Linear(_WIDTH, _WIDTH)
            self.head = nn.Linear(_WIDTH, _LABELS)

        def forward(self, ids: "torch.Tensor") -> "torch.Tensor":
            seen = self.layers(self.norm(self.words(ids) + self.places(torch.arange(ids.shape[1]))))
            return torch.sigmoid(self.head(torch.tanh(self.pooler(seen[:, 0]))))

    bert = _Bert().eval()

    def answer(lengths: Sequence[int]) -> object:
        with torch.inference_mode():
            return bert(torch.randint(_WORDS, (len(lengths), min(max(lengths), _LONGEST))))

    return answer
