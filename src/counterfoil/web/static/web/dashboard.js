// Draws the charts. What each shows stands in its data-chart; the same stands in a table below it.
(() => {
  const HEIGHT = 200;
  const drawn = new Map();
  const LENGTHS = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const SECONDS = [0, 1, 2, 5, 10, 30, 60, 300, 1800, 3600, 21600, 86400, 604800, 2592000, 31536000];

  const number = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });
  const length = (seconds) => {
    const [unit, name] = LENGTHS.find(([each]) => seconds >= each) ?? LENGTHS.at(-1);
    return `${Math.round((seconds / unit) * 10) / 10} ${name}`;
  };
  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // As many labels as there is room for, the last period always among them.
  const ticks = (plot, labels) => {
    const widest = Math.max(...labels.map((label) => label.length)) * 6.5 + 14;
    const step = Math.max(1, Math.ceil((labels.length * widest) / plot.bbox.width * devicePixelRatio));
    return labels.map((_, at) => at).filter((at) => (labels.length - 1 - at) % step === 0);
  };

  const axes = (spec) => {
    const font = `12px ${getComputedStyle(document.body).fontFamily}`;
    const look = { stroke: color("--ink-soft"), font, ticks: { show: false } };
    const grid = { stroke: color("--chart-grid"), width: 1 };
    const seconds = spec.scale === "seconds";
    return [
      { ...look, grid: { show: false }, size: 26, gap: 6, splits: (plot) => ticks(plot, spec.labels), values: (_, at) => at.map((each) => spec.labels[each] ?? "") },
      { ...look, grid, size: 58, gap: 6, values: (_, at) => at.map(seconds ? length : (each) => (spec.scale === "count" && each % 1 ? "" : number.format(each))), ...(seconds ? { splits: readable, filter: (_, at) => at } : {}) },
    ];
  };

  // Lengths of time that a person counts in, a few of them over what is shown.
  const readable = (plot) => {
    const { min, max } = plot.scales.y;
    const fit = SECONDS.filter((each) => each >= min && each <= max);
    const step = Math.max(1, Math.ceil(fit.length / 5));
    return fit.filter((_, at) => (fit.length - 1 - at) % step === 0);
  };

  const series = (spec) => spec.series.map((each, at) => {
    const stroke = color(at ? "--chart-second" : "--chart-first");
    if (spec.scale === "seconds") return { label: each.name, stroke, width: 2, spanGaps: true, points: { show: true, size: 5, fill: stroke } };
    if (at) return { label: each.name, stroke, width: 2, dash: [4, 4], points: { show: false } };
    return { label: each.name, stroke, fill: stroke, width: 0, paths: uPlot.paths.bars({ size: [0.72, 36], radius: 0.12 }), points: { show: false } };
  });

  const options = (node, spec) => ({
    width: node.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
    scales: {
      x: { time: false, range: () => [-0.6, spec.labels.length - 0.4] },
      y: spec.scale === "seconds"
        ? { distr: 4, range: (_, __, max) => [0, Math.max(10, max * 1.2)] }
        : { range: (_, min, max) => [Math.min(0, min * 1.1), Math.max(max * 1.1, 1)] },
    },
    axes: axes(spec),
    series: [{}, ...series(spec)],
    hooks: { setCursor: [(plot) => read(node, spec, plot.cursor.idx)] },
  });

  const read = (node, spec, at) => {
    const readout = document.getElementById(node.getAttribute("aria-describedby"));
    if (at == null || !readout) {
      if (readout) readout.textContent = "";
      return;
    }
    const name = document.createElement("strong");
    name.textContent = `${spec.unit === "week" ? "Week of " : ""}${spec.labels[at]}`;
    const values = spec.series.map((each, place) => (spec.scale === "seconds" ? `${each.name} ${each.texts[at]}` : place ? `${each.name}: ${each.texts[at]}` : `${each.texts[at]} ${each.name}`));
    readout.replaceChildren(name, `: ${values.join(", ")}`);
  };

  const draw = (node) => {
    const spec = JSON.parse(node.dataset.chart);
    drawn.get(node)?.plot.destroy();
    const points = [spec.labels.map((_, at) => at), ...spec.series.map((each) => each.values)];
    drawn.set(node, { spec, plot: new uPlot(options(node, spec), points, node) });
  };

  const resized = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const plot = drawn.get(target)?.plot;
      if (plot && target.clientWidth && plot.width !== target.clientWidth) plot.setSize({ width: target.clientWidth, height: HEIGHT });
    }
  });

  // With the arrow keys one goes from period to period; the words below are read out then.
  const step = (event) => {
    const { plot, spec } = drawn.get(event.currentTarget) ?? {};
    const last = (spec?.labels.length ?? 0) - 1;
    const at = plot?.cursor.idx;
    const to = { ArrowLeft: (at ?? last + 1) - 1, ArrowRight: (at ?? -1) + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const index = Math.max(0, Math.min(last, to));
    document.getElementById(event.currentTarget.getAttribute("aria-describedby")).setAttribute("aria-live", "polite");
    plot.setCursor({ left: plot.valToPos(index, "x"), top: HEIGHT / 2 });
  };

  const begin = (root) => {
    for (const node of root.querySelectorAll("[data-chart]")) {
      if (drawn.has(node)) continue;
      draw(node);
      resized.observe(node);
      node.addEventListener("keydown", step);
      node.addEventListener("blur", () => {
        document.getElementById(node.getAttribute("aria-describedby"))?.removeAttribute("aria-live");
        drawn.get(node)?.plot.setCursor({ left: -10, top: -10 });
      });
    }
  };

  // What someone has open, and where they are, stays so when the charts come anew.
  let open = [];
  let focused = "";
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "charts") return;
    open = Array.from(document.querySelectorAll(".chart details[open]"), (each) => each.closest(".chart").id);
    focused = document.activeElement?.closest?.(".chart .plot")?.closest(".chart").id ?? "";
    for (const [node, { plot }] of drawn) {
      resized.unobserve(node);
      plot.destroy();
    }
    drawn.clear();
  });
  document.addEventListener("htmx:load", (event) => {
    begin(event.detail.elt.parentElement ?? event.detail.elt);
    if (event.detail.elt.id !== "charts") return;
    for (const id of open) document.querySelector(`#${id} details`)?.setAttribute("open", "");
    if (focused) document.querySelector(`#${focused} .plot`)?.focus({ preventScroll: true });
  });

  new MutationObserver(() => { for (const node of drawn.keys()) draw(node); }).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  begin(document);
})();
