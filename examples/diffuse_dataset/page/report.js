// One time t, one slider, and everything on the page drawn for it.
const report = JSON.parse(document.getElementById('data').textContent, (key, value) =>
  value === 'inf' ? Infinity : value === '-inf' ? -Infinity : value);
const steps = report.alpha_bar.length - 1;
const byId = (id) => document.getElementById(id);
const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// A few significant digits, in powers of ten where they help.
function short(x, digits = 3) {
  if (x === null || Number.isNaN(x)) return '–';
  if (!Number.isFinite(x)) return x > 0 ? '∞' : '−∞';
  const size = Math.abs(x);
  const text = size !== 0 && (size < 1e-3 || size >= 1e5) ? x.toExponential(digits - 1) : String(+x.toPrecision(digits));
  return text.replace('-', '−').replace(/e−?\+?/, (e) => (e.includes('−') ? 'e−' : 'e'));
}

const pictures = [];  // functions of t

function draw(t) {
  byId('time').value = t;
  byId('now').innerHTML = `t = <b>${t}</b>&ensp;ᾱ<sub>t</sub> = <b>${short(report.alpha_bar[t], 4)}</b>&ensp;` +
    `SNR<sub>t</sub> = <b>${short(report.snr[t])}</b>`;
  pictures.forEach((picture) => picture(t));
}

let playing = 0;
function play(on) {
  cancelAnimationFrame(playing);
  playing = 0;
  byId('play').textContent = on ? '❚❚' : '▶';
  byId('play').setAttribute('aria-label', on ? 'pause' : 'play');
  if (!on) return;
  const from = +byId('time').value >= steps ? 0 : +byId('time').value;
  const start = performance.now();
  const frame = (now) => {
    const t = Math.min(steps, Math.round(from + ((now - start) / 12000) * steps));
    draw(t);
    if (t < steps) playing = requestAnimationFrame(frame); else play(false);
  };
  playing = requestAnimationFrame(frame);
}

function describe() {
  const images = report.image_width ? `, ${report.image_width} × ${report.image_height} pixels` : '';
  byId('about').textContent = `${report.dataset}: ${report.samples} samples in ${report.dimension} dimensions${images}. ` +
    `${report.schedule} schedule, T = ${steps}. ${report.notes.join(' ')}`.replaceAll('_0', '₀');
  byId('scaling').textContent = report.scaling ? `Here ${report.scaling}.` : '';
  byId('heat-description').textContent = report.heat_description ? `Shown: ${report.heat_description}.` : '';
  const line = (text) => { const p = document.createElement('p'); p.textContent = text; byId('footer').append(p); };
  if (report.source) line(report.source);
  line(`Made by alphabar ${report.version}, seed ${report.seed}. ${report.command}`);
}

function start() {
  describe();
  const slider = byId('time');
  slider.max = steps;
  slider.addEventListener('input', () => { play(false); draw(+slider.value); });
  byId('play').addEventListener('click', () => play(!playing));
  const fromFragment = () => {
    const wanted = /t=(\d+)/.exec(location.hash);
    draw(Math.min(steps, wanted ? +wanted[1] : tellingTime()));
  };
  addEventListener('hashchange', fromFragment);
  addEventListener('resize', () => { buildCharts(); draw(+slider.value); });
  buildPictures();
  buildCharts();
  fromFragment();
}

// Where a tenth of the data's variance is gone: both worlds are in view.
function tellingTime() {
  const t = report.alpha_bar.findIndex((a) => a < 0.9);
  return t < 0 ? steps : t;
}
