// One state, and one frame that draws all that changed.
const state = { t: 0, schedule: 0, x: 1.1, y: 0.7, first: 1.9, second: 0.35, angle: 0.6, prior: 3, of: 0, page: 0 };
const dirty = new Set();
let engine;

function draw() {
  if (dirty.has('schedule')) engine.useSchedule(state.schedule);
  if (dirty.has('law')) {
    engine.usePrior(state.x, state.y, state.first, state.second, state.angle);
    state.curves = engine.curves();
    state.cursors = drawCharts();
    placeHandles();
    drawTable();
  }
  if (dirty.has('table')) drawTable();
  if (dirty.has('law') || dirty.has('time')) {
    state.now = engine.now(state.t);
    showNow();
    drawCloud();
    state.cursors.forEach((move) => move());
  }
  if (dirty.has('digits') || dirty.has('time')) {
    drawDigits();
    drawSpectrum();
  }
  dirty.clear();
}

let waiting = 0;
function change(...what) {
  what.forEach((part) => dirty.add(part));
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(draw);
}

function showNow() {
  const { now, t } = state;
  byId('time').value = t;
  byId('time').setAttribute('aria-valuetext', `t = ${t} of ${engine.steps}`);
  const values = [['t', t], ['ᾱ<sub>t</sub>', short(now.alpha_bar, 4)], ['SNR', short(now.snr, 4)],
    ['KL', short(now.kl, 4)], ['W<sub>2</sub>', short(now.w2, 4)]];
  byId('now').innerHTML = values.map(([name, value]) => `<span>${name}<b>${value}</b></span>`).join('');
}

const icon = (path) => `<svg viewBox="0 0 14 14" aria-hidden="true"><path d="${path}"/></svg>`;
let playing = 0;
function play(on) {
  cancelAnimationFrame(playing);
  playing = 0;
  byId('play').innerHTML = on ? icon('M2 1h3.5v12H2zM8.5 1H12v12H8.5z') : icon('M2.5 0.5 13.5 7 2.5 13.5z');
  byId('play').setAttribute('aria-label', on ? 'pause' : 'play');
  if (!on) return;
  const from = state.t >= engine.steps ? 0 : state.t;
  const start = performance.now();
  const frame = (now) => {
    state.t = Math.min(engine.steps, Math.round(from + ((now - start) / 12000) * engine.steps));
    dirty.add('time');
    draw();
    if (state.t < engine.steps) playing = requestAnimationFrame(frame); else play(false);
  };
  playing = requestAnimationFrame(frame);
}

const moves = {
  centre(x, y) { [state.x, state.y] = [clamp(x, -2.5, 2.5), clamp(y, -2.5, 2.5)]; },
  first(x, y) {
    state.first = clamp(Math.hypot(x - state.x, y - state.y), 0.05, 3);
    state.angle = Math.atan2(y - state.y, x - state.x);
  },
  second(x, y) {
    state.second = clamp(Math.hypot(x - state.x, y - state.y), 0.05, 3);
    state.angle = Math.atan2(y - state.y, x - state.x) - Math.PI / 2;
  },
};

function listenToHandle(id) {
  const handle = byId(id);
  handle.addEventListener('pointerdown', (event) => { handle.setPointerCapture(event.pointerId); });
  handle.addEventListener('pointermove', (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const box = byId('cloud').getBoundingClientRect();
    moves[id](((event.clientX - box.left) / box.width - 0.5) * 2 * view,
      (0.5 - (event.clientY - box.top) / box.height) * 2 * view);
    change('law');
  });
  handle.addEventListener('keydown', (event) => {
    const [right, up] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key] ?? [0, 0];
    if (!right && !up) return;
    event.preventDefault();
    if (id === 'centre') {
      moves.centre(state.x + 0.1 * right, state.y + 0.1 * up);
    } else {
      state[id] = clamp(state[id] + 0.05 * up, 0.05, 3);
      state.angle -= 0.05 * right;
    }
    change('law');
  });
}

function listen() {
  byId('time').addEventListener('input', () => { play(false); state.t = +byId('time').value; change('time'); });
  byId('play').addEventListener('click', () => play(!playing));
  byId('schedule').addEventListener('change', () => { state.schedule = +byId('schedule').value; change('schedule', 'law', 'time'); });
  byId('prior').addEventListener('change', () => { state.prior = +byId('prior').value; change('digits'); });
  byId('of').addEventListener('change', () => { state.of = +byId('of').value; change('table'); });
  byId('others').addEventListener('click', () => { engine.showDigits(++state.page); change('digits'); });
  ['centre', 'first', 'second'].forEach(listenToHandle);
  const redraw = () => { widths.clear(); change('law', 'time'); };
  addEventListener('resize', redraw);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
}

startEngine().then((started) => {
  engine = started;
  byId('time').max = engine.steps;
  const wanted = /^#t=(\d+)$/.exec(location.hash);
  state.t = wanted ? Math.min(engine.steps, +wanted[1]) : 250;
  play(false);
  listen();
  dirty.add('schedule').add('law').add('time');
  draw();
  document.body.dataset.ready = 'yes';
});
