// What is drawn for the state of the page: canvases for clouds and pixels, SVG for curves.
const widths = new Map();  // asked once: asking makes the browser lay out all that changed
function widthOf(id) {
  if (!widths.has(id)) widths.set(id, byId(id).clientWidth);
  return widths.get(id);
}

function canvas(id, height) {
  const element = byId(id);
  const width = widthOf(id);
  const scale = window.devicePixelRatio || 1;
  const size = [Math.round(width * scale), Math.round((height ?? width) * scale)];
  if (element.width !== size[0] || element.height !== size[1]) [element.width, element.height] = size;
  const pen = element.getContext('2d');
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height ?? width);
  return { pen, width };
}

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const view = 3.4;  // the plane is drawn from −view to view
const toScreen = (x, y, width) => [(0.5 + x / (2 * view)) * width, (0.5 - y / (2 * view)) * width];

function drawCloud() {
  const { pen, width } = canvas('cloud');
  const place = (points, k) => toScreen(points[2 * k], points[2 * k + 1], width);
  const loop = (points, stroke, thickness) => {
    pen.beginPath();
    for (let k = 0; k < engine.outline; ++k) pen.lineTo(...place(points, k));
    pen.closePath();
    pen.strokeStyle = color(stroke);
    pen.lineWidth = thickness;
    pen.stroke();
  };
  const line = (from, to, stroke) => {
    pen.beginPath();
    pen.moveTo(...from);
    pen.lineTo(...to);
    pen.strokeStyle = color(stroke);
    pen.lineWidth = 1;
    pen.stroke();
  };
  line([0, width / 2], [width, width / 2], '--rule');
  line([width / 2, 0], [width / 2, width], '--rule');
  pen.font = '12px system-ui, sans-serif';
  pen.fillStyle = color('--soft');
  pen.textAlign = 'right';
  pen.fillText('x₁', width, width / 2 - 7);
  pen.textAlign = 'left';
  pen.fillText('x₂', width / 2 + 7, 12);
  const points = engine.samples(state.t);
  pen.fillStyle = color('--soft');
  pen.globalAlpha = 0.55;
  for (let k = 0; k < points.length / 2; ++k) {
    const [x, y] = place(points, k);
    pen.fillRect(x - 1.1, y - 1.1, 2.2, 2.2);
  }
  pen.globalAlpha = 1;
  pen.setLineDash([3, 4]);
  pen.beginPath();
  pen.arc(width / 2, width / 2, width / (2 * view), 0, 7);
  pen.strokeStyle = color('--noise');
  pen.lineWidth = 1.5;
  pen.stroke();
  pen.setLineDash([]);
  loop(engine.ellipse(0), '--data', 1.5);
  const now = engine.ellipse(state.t);
  [0, 2].forEach((k) => line(place(now, engine.outline + k), place(now, engine.outline + k + 1), '--ink'));
  loop(now, '--ink', 2);
}

function placeHandles() {
  const width = widthOf('cloud');
  const put = (id, x, y) => {
    const [left, top] = toScreen(x, y, width);
    byId(id).style.left = `${left}px`;
    byId(id).style.top = `${top}px`;
  };
  const { x, y, first, second, angle } = state;
  put('centre', x, y);
  put('first', x + first * Math.cos(angle), y + first * Math.sin(angle));
  put('second', x - second * Math.sin(angle), y + second * Math.cos(angle));
}

const channels = (name) => [1, 3, 5].map((k) => parseInt(color(name).slice(k, k + 2), 16));

// A grey level of −1 is paper and 1 is ink.
function drawDigits() {
  const full = widthOf('digits');
  const narrow = full < 600;  // then the names stand above their rows
  const [left, above, below] = narrow ? [0, 26, 0] : [96, 0, 6];
  const cell = (full - left) / 10;
  const size = cell * 0.88;
  const step = size + above + (narrow ? 4 : 10);
  const height = 3 * step + below + 16;
  byId('digits').style.height = `${height}px`;
  const { pen } = canvas('digits', height);
  const [paper, ink] = [channels('--paper'), channels('--ink')];
  const image = new ImageData(8, 8);
  const stamp = new OffscreenCanvas(8, 8);
  const stampPen = stamp.getContext('2d');
  pen.imageSmoothingEnabled = true; // large pixels hide what an image of 8 × 8 shows
  pen.imageSmoothingQuality = 'high';
  [[0, 'x₀'], [1, 'xₜ'], [state.prior, 'E[x₀ | xₜ]']].forEach(([what, name], row) => {
    const values = engine.digits(what, state.t);
    const top = row * step + above;
    pen.font = `${narrow ? 14 : 18}px "STIX Two Text", Cambria, "Times New Roman", serif`;
    pen.fillStyle = color('--ink');
    pen.textAlign = 'left';
    pen.fillText(name, 0, narrow ? top - 8 : top + size / 2 + 5);
    for (let k = 0; k < 10; ++k) {
      for (let pixel = 0; pixel < 64; ++pixel) {
        const shade = clamp((values[64 * k + pixel] + 1) / 2, 0, 1);
        image.data.set([...paper.map((from, c) => from + shade * (ink[c] - from)), 255], 4 * pixel);
      }
      stampPen.putImageData(image, 0, 0);
      pen.drawImage(stamp, left + k * cell, top, size, size);
    }
  });
  byId('belief').hidden = state.prior !== 3;
  if (state.prior !== 3) return;
  pen.font = `${narrow ? 10 : 12}px system-ui, sans-serif`;
  pen.fillStyle = color('--soft');
  pen.textAlign = 'center';
  engine.beliefs(state.t).forEach((share, k) => {
    pen.fillText(`${Math.round(100 * share)} %`, left + k * cell + size / 2, height - 3);
  });
}

function drawSpectrum() {
  const height = 236;
  const { pen, width } = canvas('spectrum', height);
  const [low, high] = [-3, 1.2];  // decades
  const [top, bottom] = [24, 24];
  const y = (value) => top + (height - top - bottom) * (high - Math.log10(value)) / (high - low);
  const left = 44;
  const bar = (width - left) / 64;
  pen.font = '12px system-ui, sans-serif';
  pen.fillStyle = color('--soft');
  pen.textAlign = 'left';
  pen.fillText('eigenvalue, logarithmic', 0, 12);
  pen.textAlign = 'center';
  pen.fillText('64 eigenvectors, largest eigenvalue first', (left + width) / 2, height - 4);
  pen.textAlign = 'right';
  [[0.001, '0.001'], [0.01, '0.01'], [0.1, '0.1'], [1, '1'], [10, '10']].forEach(([value, name]) => {
    pen.fillStyle = color('--soft');
    pen.fillText(name, left - 8, y(value) + 4);
    pen.fillStyle = color('--rule');
    pen.fillRect(left, y(value), width - left, 1);
  });
  const before = engine.spectrum(0);
  engine.spectrum(state.t).forEach((value, k) => {
    const x = left + (63 - k) * bar;
    pen.fillStyle = color('--data');
    pen.fillRect(x, y(before[k]) - 1, bar - 1, 2);
    pen.fillStyle = color('--ink');
    pen.fillRect(x, y(value) - 2, bar - 1, 4);
  });
  pen.fillStyle = color('--noise');
  pen.fillRect(left, y(1), width - left, 1.5);
}

const margin = { left: 44, right: 12, top: 26, bottom: 38 };

// Curves over t, each [class, name of the measure, label]: they change with the law, and a cursor with t.
// The values at t stand above the frame, where no curve is.
function drawChart(id, name, curves, [low, high], ticks, one) {
  const height = 166;
  const width = widthOf(id);
  const x = (t) => margin.left + (t / engine.steps) * (width - margin.left - margin.right);
  const y = (v) => height - margin.bottom - ((clamp(v, low, high) - low) / (high - low)) * (height - margin.top - margin.bottom);
  const across = (parent, style, v) =>
    node(parent, 'line', { class: style, x1: margin.left, x2: width - margin.right, y1: y(v), y2: y(v) });
  const svg = byId(id);
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  svg.style.height = `${height}px`;
  svg.replaceChildren();
  ticks.forEach((v) => {
    across(svg, 'axis', v);
    node(svg, 'text', { x: margin.left - 8, y: y(v) + 4, 'text-anchor': 'end' }, short(v));
  });
  [0, 500, 1000].forEach((t) => {
    node(svg, 'text', { x: x(t), y: height - 21, 'text-anchor': t === engine.steps ? 'end' : 'middle' }, t);
  });
  node(svg, 'text', { class: 'y-axis', x: 0, y: 13 }, name);
  node(svg, 'text', { class: 'x-axis', x: x(engine.steps / 2), y: height - 4, 'text-anchor': 'middle' }, 'time t');
  if (one !== undefined) across(svg, 'one', one);
  curves.forEach(([style, measure]) => {
    const path = state.curves.map((at) => `${x(at.t).toFixed(1)},${y(at[measure]).toFixed(1)}`).join('L');
    node(svg, 'path', { class: style, d: `M${path}` });
  });
  const cursor = node(svg, 'line', { class: 'cursor', x1: 0, x2: 0, y1: margin.top, y2: height - margin.bottom });
  const readings = curves.map(([style, measure, label], k) => ({
    measure, label, dot: node(svg, 'circle', { class: 'dot', r: 4 }),
    text: node(svg, 'text', {
      class: `value ${style}-label`, 'text-anchor': 'end', y: 13, x: width - margin.right - 96 * (curves.length - 1 - k),
    }, ''),
  }));
  return () => {
    const at = x(state.t);
    ['x1', 'x2'].forEach((end) => cursor.setAttribute(end, at));
    readings.forEach(({ measure, label, dot, text }) => {
      dot.setAttribute('cx', at);
      dot.setAttribute('cy', y(state.now[measure]));
      text.textContent = `${label} ${short(state.now[measure], 4)}`;
    });
  };
}

// The first of a few steps that divides a range into five or less.
function ticksTo(high) {
  const step = [0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 1000].find((size) => high / size <= 4) ?? high;
  return Array.from({ length: Math.floor(high / step) + 1 }, (_, k) => k * step);
}

// Returns what moves the cursors.
function drawCharts() {
  const top = (...measures) => 1.05 * Math.max(...state.curves.flatMap((at) => measures.map((name) => at[name])));
  const largest = Math.max(1.5, top('large'));
  const furthest = Math.max(0.5, top('kl', 'w2'));
  return [
    drawChart('eigenvalues', 'eigenvalues', [['data', 'large', 'λ₁'], ['ink', 'small', 'λ₂']], [0, largest], ticksTo(largest), 1),
    drawChart('distances', 'distances', [['data', 'kl', 'KL'], ['noise', 'w2', 'W₂']], [0, furthest], ticksTo(furthest)),
    drawChart('snr', 'log SNR', [['ink', 'log_snr', 'log SNR']], [-12, 10], [-10, -5, 0, 5, 10]),
  ];
}

function drawTable() {
  const budgets = [5, 10, 20, 50, 100];
  const names = ['DDPM', 'DDIM', 'Heun', 'DPM++ 2M'];
  const values = engine.table(state.of);
  const rows = names.map((name, row) => {
    const cells = budgets.map((_, k) => {
      const column = names.map((_, other) => values[5 * other + k]);
      const value = column[row];
      return `<td${value === Math.min(...column) ? ' class="best"' : ''}>${short(value)}</td>`;
    });
    return `<tr><td>${name}</td>${cells.join('')}</tr>`;
  });
  byId('table').innerHTML =
    `<tr><th>calls</th>${budgets.map((calls) => `<th>${calls}</th>`).join('')}</tr>${rows.join('')}`;
}
