// Canvases: samples, the covariance as a heat map, the scatter of two principal components.
function context(id, height) {
  const canvas = byId(id);
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const pixels = [Math.round(width * ratio), Math.round(height(width) * ratio)];
  if (canvas.width !== pixels[0] || canvas.height !== pixels[1]) [canvas.width, canvas.height] = pixels;
  canvas.style.height = `${height(width)}px`;
  const c = canvas.getContext('2d');
  c.setTransform(ratio, 0, 0, ratio, 0, 0);
  c.clearRect(0, 0, width, height(width));
  return [c, width, height(width)];
}

// Images of few pixels are drawn with interpolation: large pixels hide what they show.
const tiny = () => report.image_width > 0 && Math.max(report.image_width, report.image_height) <= 16;

// An off-screen image of small size, drawn large.
function pixels(c, width, height, rgb, x, y, w, h, smooth = false) {
  const small = new OffscreenCanvas(width, height);
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; ++i) image.data.set([...rgb(i), 255], 4 * i);
  small.getContext('2d').putImageData(image, 0, 0);
  c.imageSmoothingEnabled = smooth;
  c.imageSmoothingQuality = 'high';
  c.drawImage(small, x, y, w, h);
}

function outline(c, x, y, w, h) {
  c.strokeStyle = color('--edge');
  c.lineWidth = 1;
  c.strokeRect(x + 0.5, y + 0.5, w - 1, h - 1);
}

// One sample, in gray: an image, or a strip of bars when the data are none.
function drawSample(c, values, low, high, x, y, side) {
  const [w, h] = report.image_width ? [report.image_width, report.image_height] : [report.dimension, 1];
  const gray = (i) => {
    const g = Math.round(255 * Math.min(1, Math.max(0, (values(i) - low) / (high - low))));
    return [g, g, g];
  };
  pixels(c, w, h, gray, x, y, side, side, tiny());
}

let shown = 0;  // the sample that is taken apart
const narrow = () => byId('specimens').clientWidth < 600;

// All samples at t, and below them one as the sum of its two terms.
function drawSpecimens(t) {
  const count = report.specimens.length;
  const columns = narrow() ? Math.ceil(count / 2) : count;
  const rows = Math.ceil(count / columns);
  const gap = 12;
  const sum = narrow() ? 60 : 116;
  const side = (width) => (width - gap * (columns - 1)) / columns;
  const [c, width, height] = context('specimens', (w) => rows * (side(w) + gap) + 20 + sum + 28);
  const s = side(width);
  const signal = Math.sqrt(report.alpha_bar[t]);
  const noise = Math.sqrt(report.one_minus_alpha_bar[t]);
  const low = report.value_low - 1.2 * noise;
  const high = report.value_high + 1.2 * noise;
  const mixed = ({ x0, noise: epsilon }) => (i) => signal * x0[i] + noise * epsilon[i];
  report.specimens.forEach((specimen, k) => {
    const [x, y] = [(k % columns) * (s + gap), Math.floor(k / columns) * (s + gap)];
    drawSample(c, mixed(specimen), low, high, x, y, s);
    c.fillStyle = color('--ink');
    if (k === shown) c.fillRect(x, y + s + 4, s, 2);
  });

  const top = height - sum - 28;
  const { x0, noise: epsilon } = report.specimens[shown];
  const step = narrow() ? (width - 3 * sum) / 2 : 150;
  const [second, third] = [sum + step, 2 * (sum + step)];
  drawSample(c, mixed(report.specimens[shown]), low, high, 0, top, sum);
  drawSample(c, (i) => x0[i], report.value_low, report.value_high, second, top, sum);
  drawSample(c, (i) => epsilon[i], -2.5, 2.5, third, top, sum);
  const write = (text, x, y, ink, size) => {
    c.fillStyle = color(ink);
    c.font = `${size}px "STIX Two Text", Cambria, "Times New Roman", serif`;
    c.fillText(text, x, y);
  };
  c.textAlign = 'center';
  const size = narrow() ? 14 : 20;
  write(`=  ${signal.toFixed(2)}  ×`, sum + step / 2, top + sum / 2 + 6, '--data', size);
  write(`+  ${noise.toFixed(2)}  ×`, second + sum + step / 2, top + sum / 2 + 6, '--noise', size);
  ['xₜ', 'x₀', 'ε'].forEach((name, k) => write(name, k * (sum + step) + sum / 2, height - 6, '--soft', 16));
}

// A row of real samples at t, and a row of draws for each prior; each column has one noise.
function drawPriors(t) {
  const rows = [['real', report.specimens.map((s) => s.x0)], ...report.stand_ins.map((s) => [s.name, s.draws])];
  const count = Math.min(narrow() ? 5 : 10, report.specimens.length);
  const [gap, names] = [10, narrow() ? 74 : 110];
  const side = (width) => (width - names - gap * (count - 1)) / count;
  const [c, width] = context('priors', (w) => rows.length * (side(w) + gap));
  const s = side(width);
  const signal = Math.sqrt(report.alpha_bar[t]);
  const noise = Math.sqrt(report.one_minus_alpha_bar[t]);
  const [low, high] = [report.value_low - 1.2 * noise, report.value_high + 1.2 * noise];
  c.font = '13px system-ui, sans-serif';
  rows.forEach(([name, samples], row) => {
    const y = row * (s + gap);
    c.fillStyle = color(row === 0 ? '--ink' : '--soft');
    c.fillText(name, 0, y + s / 2 + 4);
    samples.slice(0, count).forEach((x, k) => {
      const epsilon = report.specimens[k].noise;
      drawSample(c, (i) => signal * x[i] + noise * epsilon[i], low, high, names + k * (s + gap), y, s);
    });
  });
}

// A click takes another sample apart.
function chooseSpecimen(event) {
  const count = report.specimens.length;
  const columns = narrow() ? Math.ceil(count / 2) : count;
  const size = byId('specimens').clientWidth / columns;
  const k = Math.floor(event.offsetX / size) + columns * Math.floor(event.offsetY / size);
  if (k < count) shown = k;
  draw(+byId('time').value);
}

// Diverging: noise color below 0, paper at 0, data color above.
function ramp(value) {
  const parse = (name) => [1, 3, 5].map((i) => parseInt(color(name).slice(i, i + 2), 16));
  const end = parse(value < 0 ? '--noise' : '--data');
  const zero = parse('--paper');
  const weight = Math.sqrt(Math.min(1, Math.abs(value)));
  return zero.map((z, i) => Math.round(z + (end[i] - z) * weight));
}

let palette = [];
const shade = (share) => palette[Math.round(256 + 256 * Math.min(1, Math.max(-1, share)))];
const heatEnd = Math.max(1, ...report.heat_covariance.filter((_, k) => k % (report.heat_coordinates.length + 1) === 0));

function buildPalette() {
  palette = Array.from({ length: 513 }, (_, k) => ramp((k - 256) / 256));
  const stops = [-1, -0.75, -0.5, -0.25, -0.05, 0, 0.05, 0.25, 0.5, 0.75, 1].map((v) => `rgb(${shade(v)})`);
  byId('heat-scale').innerHTML =
    `${short(-heatEnd)}<i style="background: linear-gradient(to right, ${stops})"></i>${short(heatEnd)}`;
}

function drawHeat(t) {
  const m = report.heat_coordinates.length;
  const [c, width] = context('heat', (w) => w);
  const value = (k) => report.alpha_bar[t] * report.heat_covariance[k] +
    (k % (m + 1) === 0 ? report.one_minus_alpha_bar[t] : 0);
  pixels(c, m, m, (k) => shade(value(k) / heatEnd), 0, 0, width, width);
  outline(c, 0, 0, width, width);
}

// The eigenvectors as images, each with its variance at t.
function drawModes(t) {
  const columns = narrow() ? 4 : report.eigenvectors.length;
  const gap = 16;
  const side = (width) => (width - gap * (columns - 1)) / columns;
  const [c, width] = context('modes', (w) => Math.ceil(report.eigenvectors.length / columns) * (side(w) + 34));
  const s = side(width);
  c.textAlign = 'left';
  c.font = '13px system-ui, sans-serif';
  report.eigenvectors.forEach((u, k) => {
    const [x, y] = [(k % columns) * (s + gap), Math.floor(k / columns) * (s + 34)];
    const end = Math.max(...u.map(Math.abs));
    pixels(c, report.image_width, report.image_height, (i) => shade(u[i] / end), x, y, s, s, tiny());
    outline(c, x, y, s, s);
    c.fillStyle = color('--soft');
    c.fillText(`λ${String.fromCharCode(0x2081 + k)} = ${short(eigenvalueAt(report.eigenvalues[k], t))}`, x, y + s + 20);
  });
}

function drawScatter(t) {
  const n = report.first_component.length;
  const signal = Math.sqrt(report.alpha_bar[t]);
  const noise = Math.sqrt(report.one_minus_alpha_bar[t]);
  const at = (x, e) => x.map((value, k) => signal * value + noise * e[k]);
  const x = at(report.first_component, report.first_component_noise);
  const y = at(report.second_component, report.second_component_noise);
  const [c, width, height] = context('scatter', (w) => w);
  const ends = [report.first_component_mean, report.second_component_mean].map((mean, k) => Math.abs(mean) + 2 * Math.sqrt(report.eigenvalues[k]));
  const reach = 1.06 * Math.max(3.2, ...ends, ...report.first_component.map(Math.abs), ...report.second_component.map(Math.abs));
  const px = (value) => width / 2 + (value / reach) * (width / 2);
  const py = (value) => height / 2 - (value / reach) * (height / 2);

  c.strokeStyle = color('--rule');
  c.beginPath();
  c.moveTo(0, py(0)); c.lineTo(width, py(0)); c.moveTo(px(0), 0); c.lineTo(px(0), height);
  c.stroke();
  c.font = '12px system-ui, sans-serif';
  c.fillStyle = color('--soft');
  const write = (text, x0, y0, align) => { c.textAlign = align; c.fillText(text, x0, y0); };
  write('u₁ᵀxₜ', width, py(0) - 7, 'right');
  write('u₂ᵀxₜ', px(0) + 7, 12, 'left');
  const labels = ticksUpTo(0.85 * reach).slice(1).flatMap((v) => [-v, v]);
  labels.forEach((v) => {
    write(short(v), px(v), py(0) + 14, 'center');
    write(short(v), px(0) - 5, py(v) + 4, 'right');
  });
  c.fillStyle = color('--data');
  c.globalAlpha = 0.35;
  for (let k = 0; k < n; ++k) c.fillRect(px(x[k]) - 1, py(y[k]) - 1, 2, 2);
  c.globalAlpha = 1;

  const mean = (v) => v.reduce((sum, value) => sum + value, 0) / n;
  const [mx, my] = [mean(x), mean(y)];
  const moment = (u, mu, v, mv) => u.reduce((sum, value, k) => sum + (value - mu) * (v[k] - mv), 0) / (n - 1);
  const lambda = [0, 1].map((k) => eigenvalueAt(report.eigenvalues[k], t));
  ellipse(c, px, py, 0, 0, 1, 0, 1, '--noise', 1);
  ellipse(c, px, py, signal * report.first_component_mean, signal * report.second_component_mean, lambda[0], 0, lambda[1], '--ink', 2);
  ellipse(c, px, py, mx, my, moment(x, mx, x, mx), moment(x, mx, y, my), moment(y, my, y, my), '--data', 2, [5, 4]);
}

// The 2σ ellipse of a covariance [[a, b], [b, d]], by its Cholesky factor.
function ellipse(c, px, py, mx, my, a, b, d, stroke, width, dash = []) {
  const l11 = Math.sqrt(a);
  const l21 = l11 > 0 ? b / l11 : 0;
  const l22 = Math.sqrt(Math.max(0, d - l21 * l21));
  c.strokeStyle = color(stroke);
  c.lineWidth = width;
  c.setLineDash(dash);
  c.beginPath();
  for (let k = 0; k <= 120; ++k) {
    const [u, v] = [2 * Math.cos((k * Math.PI) / 60), 2 * Math.sin((k * Math.PI) / 60)];
    c.lineTo(px(mx + l11 * u), py(my + l21 * u + l22 * v));
  }
  c.stroke();
  c.setLineDash([]);
}

function buildPictures() {
  pictures.push(drawSpecimens, drawPriors, drawHeat, drawShare, markNearestCheck);
  if (report.first_component.length) pictures.push(drawScatter);
  else byId('scatter-figure').remove();
  if (report.image_width && report.eigenvectors.length) pictures.push(drawModes);
  else byId('modes-figure').remove();
  byId('specimens').addEventListener('click', chooseSpecimen);
  buildChecks();
}

function drawShare(t) {
  const kept = report.alpha_bar[t];
  byId('kept').style.width = `${100 * kept}%`;
  byId('moved').style.width = `${100 * (1 - kept)}%`;
  byId('kept').innerHTML = kept > 0.16 ? `<span>ᾱ = ${short(kept)}</span>` : '';
  byId('moved').innerHTML = kept < 0.84 ? `<span>1 − ᾱ = ${short(report.one_minus_alpha_bar[t])}</span>` : '';
}
