// Pairs of images, one of each pair synthetic: a reader chooses, the answers are kept here and saved as a file.
"use strict";
const set = JSON.parse(document.getElementById("set").textContent);
const place = "isocenter-" + set.commitment;
const at = (id) => document.getElementById(id);
let state = { reader: "", at: 0, answers: {} };
let shown = 0; // when the pair in view appeared, ms

function keep() {
  try { localStorage.setItem(place, JSON.stringify(state)); } catch { /* a browser may forbid it: the answers are then only in this page */ }
}

function recall() {
  try { return JSON.parse(localStorage.getItem(place)); } catch { return null; }
}

function view(name) {
  for (const part of ["opening", "pair", "closing"]) at(part).hidden = part !== name;
}

function show() {
  const done = Object.keys(state.answers).length;
  if (state.at >= set.pairs.length) {
    at("done").textContent = `${done} of ${set.pairs.length} pairs answered.`;
    view("closing");
    return;
  }
  const pair = set.pairs[state.at];
  at("left").src = pair.left;
  at("right").src = pair.right;
  const said = state.answers[pair.pair];
  for (const side of ["left", "right"]) at("choose-" + side).classList.toggle("chosen", said !== undefined && said.side === side);
  at("where").textContent = `Pair ${state.at + 1} of ${set.pairs.length}`;
  at("progress").value = done;
  at("back").disabled = state.at === 0;
  view("pair");
  shown = performance.now();
}

function choose(side) {
  const pair = set.pairs[state.at].pair;
  state.answers[pair] = { side, seconds: Math.round((performance.now() - shown) / 100) / 10 };
  state.at += 1;
  keep();
  show();
}

function back() {
  if (state.at > 0) state.at -= 1;
  keep();
  show();
}

function begin(event) {
  event.preventDefault();
  const reader = at("reader").value.trim();
  const before = recall();
  state = before !== null && before.reader === reader ? before : { reader, at: 0, answers: {} };
  keep();
  show();
}

function save() {
  const lines = set.pairs.filter((one) => one.pair in state.answers).map((one) => {
    const { side, seconds } = state.answers[one.pair];
    return JSON.stringify({
      case: one.pair, refused: null, unlike: null, because: "",
      answers: { synthetic: { kind: "scores", p: side === "left" ? [1, 0] : [0, 1], names: ["left", "right"] } },
      extras: {}, reader: state.reader, seconds, commitment: set.commitment,
    });
  });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([lines.join("\n") + "\n"], { type: "application/jsonl" }));
  link.download = `answers_${state.reader.replace(/[^A-Za-z0-9_-]+/g, "_")}.jsonl`;
  link.click();
  URL.revokeObjectURL(link.href);
}

at("start").addEventListener("submit", begin);
at("choose-left").addEventListener("click", () => choose("left"));
at("choose-right").addEventListener("click", () => choose("right"));
at("back").addEventListener("click", back);
at("again").addEventListener("click", back);
for (const button of document.querySelectorAll(".save")) button.addEventListener("click", save);
document.addEventListener("keydown", (event) => {
  if (event.repeat) return; // a key held down is one answer
  if (at("pair").hidden) {
    if (event.key === "Backspace" && !at("closing").hidden) back();
    return;
  }
  if (event.key === "ArrowLeft") choose("left");
  else if (event.key === "ArrowRight") choose("right");
  else if (event.key === "Backspace") back();
  else return;
  event.preventDefault();
});
