// One time t, one slider, and everything on the page drawn for it.
const report = JSON.parse(document.getElementById('data').textContent, (key, value) =>
  value === 'inf' ? Infinity : value === '-inf' ? -Infinity : value);
const steps = report.alpha_bar.length - 1;
const eigenvalueAt = (lambda, t) => report.alpha_bar[t] * lambda + report.one_minus_alpha_bar[t];
const pictures = [];  // functions of t

function draw(t) {
  byId('time').value = t;
  byId('time').setAttribute('aria-valuetext', `t = ${t} of ${steps}`);
  const values = [['t', t], ['ᾱ<sub>t</sub>', short(report.alpha_bar[t], 4)],
    ['1 − ᾱ<sub>t</sub>', short(report.one_minus_alpha_bar[t])], ['SNR', short(report.snr[t])]];
  byId('now').innerHTML = values.map(([name, value]) => `<span>${name}<b>${value}</b></span>`).join('');
  pictures.forEach((picture) => picture(t));
}

const icon = (path) => `<svg viewBox="0 0 14 14" aria-hidden="true"><path d="${path}"/></svg>`;
const playIcon = icon('M2.5 0.5 13.5 7 2.5 13.5z');
const pauseIcon = icon('M2 1h3.5v12H2zM8.5 1H12v12H8.5z');

let playing = 0;
function play(on) {
  cancelAnimationFrame(playing);
  playing = 0;
  byId('play').innerHTML = on ? pauseIcon : playIcon;
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

const sentence = (text) => (text ? `${text[0].toUpperCase()}${text.slice(1).replace(/\.$/, '')}.` : '');

function describe() {
  const images = report.image_width ? `, ${report.image_width} × ${report.image_height} pixels` : '';
  byId('about').textContent = `${report.dataset}: ${report.samples} samples in ${report.dimension} dimensions${images}. ` +
    `Schedule ${report.schedule}, T = ${steps}. ${report.notes.join(' ')}`.replaceAll('Σ_0', 'Σ₀');
  byId('scaling').textContent = sentence(report.scaling) + (tiny() ? ' Drawn with interpolation between the pixels.' : '');
  byId('heat-description').textContent = `Rows and columns: ${report.heat_description}.`;
  const line = (text) => { const p = document.createElement('p'); p.textContent = text; byId('footer').append(p); };
  if (report.source) line(report.source);
  line(`Made by alphabar ${report.version}, seed ${report.seed}: ${report.command}`);
}

function start() {
  describe();
  const slider = byId('time');
  slider.max = steps;
  slider.addEventListener('input', () => { play(false); draw(+slider.value); });
  byId('play').addEventListener('click', () => play(!playing));
  const fromFragment = () => {
    const wanted = /^#t=(\d+)$/.exec(location.hash);
    draw(Math.min(steps, wanted ? +wanted[1] : tellingTime()));
  };
  addEventListener('hashchange', fromFragment);
  slider.addEventListener('change', () => history.replaceState(null, '', `#t=${slider.value}`));
  const redraw = () => { buildPalette(); buildCharts(); showHint(); draw(+slider.value); };
  addEventListener('resize', redraw);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  play(false);
  buildPictures();
  buildPalette();
  buildCharts();
  showHint();
  fromFragment();
}

// Where a tenth of the data's variance is replaced: data and noise are both in view.
function tellingTime() {
  const t = report.alpha_bar.findIndex((a) => a < 0.9);
  return t < 0 ? steps : t;
}
