// Charts over time: drawn once as SVG, with a cursor that moves.
const margin = { left: 52, right: 14, top: 30, bottom: 44 };

// The frame of a chart: axes with their names, ticks, and the two scales.
function frame(id, height, low, high, ticks, label, yName, xName = 'time t') {
  const svg = byId(id);
  svg.replaceChildren();
  const width = svg.clientWidth;
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  svg.style.height = `${height}px`;
  const x = (t) => margin.left + (t / steps) * (width - margin.left - margin.right);
  const y = (v) => height - margin.bottom - ((v - low) / (high - low)) * (height - margin.top - margin.bottom);
  ticks.forEach((v) => {
    node(svg, 'line', { class: 'axis', x1: margin.left, x2: width - margin.right, y1: y(v), y2: y(v) });
    node(svg, 'text', { x: margin.left - 8, y: y(v) + 4, 'text-anchor': 'end' }, label(v));
  });
  new Set([0, 0.25, 0.5, 0.75, 1].map((part) => Math.round(part * steps))).forEach((t) => {
    const anchor = t === steps ? 'end' : 'middle';
    node(svg, 'text', { x: x(t), y: height - 26, 'text-anchor': anchor }, t);
  });
  node(svg, 'text', { class: 'y-axis', x: 0, y: 13 }, yName);
  node(svg, 'text', { class: 'x-axis', x: (x(0) + x(steps)) / 2, y: height - 5, 'text-anchor': 'middle' }, xName);
  return { svg, x, y, low, high, height };
}

function path(chart, values, first = 0) {
  const stride = Math.max(1, Math.floor(steps / 400));
  const points = [];
  for (let t = first; t <= steps; t += 1) {
    if ((t - first) % stride && t !== steps) continue;
    const v = Math.min(chart.high, Math.max(chart.low, values(t)));
    points.push(`${chart.x(t).toFixed(1)},${chart.y(v).toFixed(1)}`);
  }
  return points;
}

function curve(chart, values, attributes, first) {
  return node(chart.svg, 'polyline', { fill: 'none', 'stroke-width': 1.8, ...attributes, points: path(chart, values, first).join(' ') });
}

function area(chart, upper, lower, attributes, first) {
  const points = path(chart, upper, first).concat(path(chart, lower, first).reverse());
  return node(chart.svg, 'polygon', { ...attributes, points: points.join(' ') });
}

// A line at t, a dot on each curve, and what they say there.
function cursor(chart, values, text = (t) => short(values[0](t))) {
  const line = node(chart.svg, 'line', { class: 'cursor', y1: margin.top, y2: chart.height - margin.bottom });
  const dots = values.map(() => node(chart.svg, 'circle', { class: 'dot', r: 3.5 }));
  const label = node(chart.svg, 'text', { class: 'value', y: margin.top + 10 });
  return (t) => {
    line.setAttribute('x1', chart.x(t)); line.setAttribute('x2', chart.x(t));
    dots.forEach((dot, k) => {
      const v = values[k](t);
      dot.setAttribute('cx', chart.x(t));
      dot.setAttribute('cy', chart.y(Math.min(chart.high, Math.max(chart.low, v))));
    });
    const late = t > 0.6 * steps;
    label.setAttribute('x', chart.x(t) + (late ? -8 : 8));
    label.setAttribute('text-anchor', late ? 'end' : 'start');
    label.textContent = text(t);
  };
}

function ticksUpTo(high) {
  const step = 10 ** Math.floor(Math.log10(high));
  const nice = [0.2, 0.5, 1, 2].map((k) => k * step).find((s) => high / s <= 5);
  return Array.from({ length: Math.floor(high / nice) + 1 }, (_, k) => +(k * nice).toPrecision(6));
}

function finiteMaximum(values) {
  return Math.max(1e-12, ...values.filter((v) => v !== null && Number.isFinite(v)));
}

let charts = [];
function buildCharts() {
  charts.forEach((chart) => pictures.splice(pictures.indexOf(chart), 1));
  charts = [buildFractions(), buildSpectrum(), buildDiagonal(), buildGap(), buildStructures()];
  pictures.push(...charts);
}

function buildFractions() {
  const load = (s) => (s === 0 ? 0 : report.alpha_bar[s - 1] * report.beta[s]);
  const high = 1.1 * Math.max(...report.beta.map((_, s) => load(s)));
  const chart = frame('fractions', 180, 0, high, ticksUpTo(high), short, 'fraction that one step replaces', 'step');
  area(chart, load, () => 0, { class: 'noise-area' }, 1);
  const clip = node(chart.svg, 'clipPath', { id: 'carried' });
  const window_ = node(clip, 'rect', { x: 0, y: 0, height: chart.height });
  area(chart, load, () => 0, { fill: 'var(--noise)', 'clip-path': 'url(#carried)' }, 1);
  const move = cursor(chart, [load]);
  return (t) => { window_.setAttribute('width', chart.x(t)); move(t); };
}

function buildSpectrum() {
  const at = (lambda) => (t) => Math.log10(eigenvalueAt(lambda, t));
  const positive = report.eigenvalues.filter((lambda) => lambda > 1e-12);
  const low = Math.floor(Math.max(-6, Math.log10(Math.min(...positive, 0.1))));
  const high = Math.max(1, Math.ceil(Math.log10(Math.max(...report.eigenvalues))));
  const ticks = Array.from({ length: high - low + 1 }, (_, k) => low + k);
  const chart = frame('spectrum', 340, low, high, ticks,
    (v) => (Math.abs(v) > 3 ? powerOfTen(v) : String(10 ** v)), 'eigenvalues λₜ, logarithmic');
  const stride = Math.max(1, Math.floor(report.eigenvalues.length / 96));
  report.eigenvalues.filter((_, k) => k % stride === 0).forEach((lambda) => {
    curve(chart, at(lambda), { class: lambda > 1 ? 'data' : 'noise', 'stroke-width': 1, opacity: 0.6 });
  });
  const last = report.eigenvalues.length - 1;
  const lambda = (k, t) => short(eigenvalueAt(report.eigenvalues[k], t));
  return cursor(chart, [at(report.eigenvalues[0]), at(report.eigenvalues[last])],
    (t) => `λ from ${lambda(last, t)} to ${lambda(0, t)}`);
}

function buildDiagonal() {
  const cost = (t) => report.total_correlation[t] ?? Infinity;
  const high = 1.05 * finiteMaximum(report.total_correlation);
  const chart = frame('diagonal', 270, 0, high, ticksUpTo(high), short, 'nats');
  area(chart, cost, () => 0, { class: 'data-area' });
  curve(chart, cost, { class: 'data' });
  return cursor(chart, [cost]);
}

// A line for each structure, between the times at which its cost is known; the legend has the cost at t.
function buildStructures() {
  const shown = report.stand_ins.filter((s) => s.name !== 'dense');
  const times = report.cost_times;
  const at = (cost) => (t) => {
    const k = Math.max(1, times.findIndex((s) => s >= t));
    const share = Math.max(0, (t - times[k - 1]) / (times[k] - times[k - 1]));
    return times.length < 2 ? cost[0] : cost[k - 1] + share * (cost[k] - cost[k - 1]);
  };
  const high = 1.05 * Math.max(...shown.map((s) => finiteMaximum(s.cost)));
  const low = 1.05 * Math.min(0, ...shown.flatMap((s) => s.cost));
  const ticks = ticksUpTo(Math.max(high, -low));
  const within = [...ticks.slice(1).map((v) => -v), ...ticks].filter((v) => v >= low && v <= high);
  const chart = frame('structures', 330, low, high, within, short, 'nats per sample');
  const legend = byId('structures-legend');
  legend.replaceChildren();
  const costs = shown.map((s, k) => {
    curve(chart, at(s.cost), { class: `structure${k % 5}` }, 1);
    const entry = document.createElement('li');
    entry.className = `structure${k % 5}`;
    const [name, cost] = [document.createElement('span'), document.createElement('b')];
    name.textContent = `${s.name}: ${s.description}`;
    entry.append(name, cost);
    legend.append(entry);
    return cost;
  });
  const move = cursor(chart, shown.map((s) => at(s.cost)), () => '');
  return (t) => {
    move(Math.max(1, t));
    shown.forEach((s, k) => { costs[k].textContent = short(at(s.cost)(Math.max(1, t))); });
  };
}

function buildGap() {
  const mean = (t) => report.kl_mean[t];
  const covariance = (t) => report.kl_covariance[t] ?? Infinity;
  const both = (t) => mean(t) + covariance(t);
  const high = 1.05 * finiteMaximum(report.kl_mean.map((_, t) => both(t)));
  const chart = frame('gap', 270, 0, high, ticksUpTo(high), short, 'nats');
  area(chart, both, mean, { class: 'noise-area' });
  area(chart, mean, () => 0, { class: 'data-area' });
  curve(chart, both, { class: 'noise' });
  curve(chart, mean, { class: 'data' });
  return cursor(chart, [mean, both], (t) => `${short(mean(t))} + ${short(covariance(t))}`);
}
