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

// An off-screen image of small size, drawn large without smoothing.
function pixels(c, width, height, rgb, x, y, w, h) {
  const small = new OffscreenCanvas(width, height);
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; ++i) image.data.set([...rgb(i), 255], 4 * i);
  small.getContext('2d').putImageData(image, 0, 0);
  c.imageSmoothingEnabled = false;
  c.drawImage(small, x, y, w, h);
}

function drawSpecimens(t) {
  const count = report.specimens.length;
  const gap = 10;
  const columns = byId('specimens').clientWidth < 600 ? Math.ceil(count / 2) : count;
  const rows = Math.ceil(count / columns);
  const side = (width) => (width - gap * (columns - 1)) / columns;
  const [c, width] = context('specimens', (w) => rows * side(w) + (rows - 1) * gap);
  const [w, h] = report.image_width ? [report.image_width, report.image_height] : [report.dimension, 1];
  const signal = Math.sqrt(report.alpha_bar[t]);
  const noise = Math.sqrt(report.one_minus_alpha_bar[t]);
  const low = report.value_low - 1.2 * noise;
  const high = report.value_high + 1.2 * noise;
  report.specimens.forEach((specimen, k) => {
    const gray = (i) => {
      const x = signal * specimen.x0[i] + noise * specimen.noise[i];
      const g = Math.round(255 * Math.min(1, Math.max(0, (x - low) / (high - low))));
      return [g, g, g];
    };
    const s = side(width);
    pixels(c, w, h, gray, (k % columns) * (s + gap), Math.floor(k / columns) * (s + gap), s, s);
  });
}

// Diverging: noise color below 0, paper at 0, data color above.
function ramp(value) {
  const parse = (name) => [1, 3, 5].map((i) => parseInt(color(name).slice(i, i + 2), 16));
  const end = parse(value < 0 ? '--noise' : '--data');
  const zero = parse('--panel');
  const weight = Math.sqrt(Math.min(1, Math.abs(value)));
  return zero.map((z, i) => Math.round(z + (end[i] - z) * weight));
}

let palette = [];
function drawHeat(t) {
  const m = report.heat_coordinates.length;
  const largest = Math.max(1, ...report.heat_covariance.filter((_, k) => k % (m + 1) === 0));
  const a = report.alpha_bar[t];
  const b = report.one_minus_alpha_bar[t];
  if (!palette.length) palette = Array.from({ length: 513 }, (_, k) => ramp((k - 256) / 256));
  const [c, width] = context('heat', (w) => w);
  const rgb = (k) => {
    const value = a * report.heat_covariance[k] + (k % (m + 1) === 0 ? b : 0);
    return palette[Math.round(256 + 256 * Math.min(1, Math.max(-1, value / largest)))];
  };
  pixels(c, m, m, rgb, 0, 0, width, width);
}

function drawScatter(t) {
  const n = report.first_component.length;
  if (!n) return;
  const signal = Math.sqrt(report.alpha_bar[t]);
  const noise = Math.sqrt(report.one_minus_alpha_bar[t]);
  const at = (x, e) => x.map((value, k) => signal * value + noise * e[k]);
  const x = at(report.first_component, report.first_component_noise);
  const y = at(report.second_component, report.second_component_noise);
  const [c, width, height] = context('scatter', (w) => w);
  const reach = 1.06 * Math.max(3.2, ...report.first_component.map(Math.abs), ...report.second_component.map(Math.abs));
  const px = (value) => width / 2 + (value / reach) * (width / 2);
  const py = (value) => height / 2 - (value / reach) * (height / 2);

  c.strokeStyle = color('--rule');
  c.beginPath();
  c.moveTo(0, py(0)); c.lineTo(width, py(0)); c.moveTo(px(0), 0); c.lineTo(px(0), height);
  c.stroke();
  c.fillStyle = color('--data');
  c.globalAlpha = 0.35;
  for (let k = 0; k < n; ++k) c.fillRect(px(x[k]) - 1, py(y[k]) - 1, 2, 2);
  c.globalAlpha = 1;

  const mean = (v) => v.reduce((sum, value) => sum + value, 0) / n;
  const [mx, my] = [mean(x), mean(y)];
  const moment = (u, mu, v, mv) => u.reduce((sum, value, k) => sum + (value - mu) * (v[k] - mv), 0) / (n - 1);
  const lambda = [0, 1].map((k) => report.alpha_bar[t] * report.eigenvalues[k] + report.one_minus_alpha_bar[t]);
  ellipse(c, px, py, signal * report.first_component_mean, signal * report.second_component_mean, lambda[0], 0, lambda[1], []);
  ellipse(c, px, py, mx, my, moment(x, mx, x, mx), moment(x, mx, y, my), moment(y, my, y, my), [5, 4]);
}

// The 2σ ellipse of a covariance [[a, b], [b, d]], by its Cholesky factor.
function ellipse(c, px, py, mx, my, a, b, d, dash) {
  const l11 = Math.sqrt(a);
  const l21 = b / l11;
  const l22 = Math.sqrt(Math.max(0, d - l21 * l21));
  c.strokeStyle = color(dash.length ? '--noise' : '--ink');
  c.lineWidth = 1.8;
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
  pictures.push(drawSpecimens, drawHeat, drawScatter, drawShare, markNearestCheck);
  buildChecks();
}

function drawShare(t) {
  const kept = report.alpha_bar[t];
  byId('kept').style.width = `${100 * kept}%`;
  byId('moved').style.width = `${100 * (1 - kept)}%`;
  byId('kept').innerHTML = kept > 0.16 ? `<span>ᾱ = ${short(kept)}</span>` : '';
  byId('moved').innerHTML = kept < 0.84 ? `<span>1 − ᾱ = ${short(report.one_minus_alpha_bar[t])}</span>` : '';
}
