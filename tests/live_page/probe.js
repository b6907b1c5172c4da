// Would catch an error on the console, a request to the network, a picture that does not follow the
// slider, the pointer or the keys, axes without names, text on text, and a number on the page that the
// native program, whose list `expected` stands before, has otherwise.
const faults = [];
addEventListener('error', (event) => faults.push(event.message));
addEventListener('unhandledrejection', (event) => faults.push(String(event.reason)));
console.error = (...text) => faults.push(text.join(' '));

const textsOf = (selector) => [...document.querySelectorAll(selector)].map((element) => element.textContent);

function compare(what, shown, wanted) {
  const at = wanted.findIndex((text, k) => text !== shown[k]);
  if (at >= 0 || shown.length !== wanted.length) faults.push(`${what}: ${shown[at]} for ${wanted[at]}`);
}

// Positions and grey levels are looked at, not read: 1e-9 is far below a pixel.
function near(what, shown, wanted) {
  const at = wanted.findIndex((value, k) => !(Math.abs(value - shown[k]) <= 1e-9 * Math.max(1, Math.abs(value))));
  if (at >= 0) faults.push(`${what} ${at}: ${shown[at]} for ${wanted[at]}`);
}

function compareNumbers(native) {
  Object.assign(state, native.state);
  const [alphaBar, , snr, logSnr, small, large, kl, w2] = native.now;
  ['0', '1'].forEach((of) => {
    byId('of').value = of;
    byId('of').dispatchEvent(new Event('change'));
    change('schedule', 'law', 'time');
    draw();
    const table = of === '0' ? native.table : native.digitTable;
    compare(`table ${of}`, textsOf('#table td').filter((_, k) => k % 6), table.map((x) => short(x)));
  });
  compare('readings', textsOf('#now b'), [String(native.state.t), ...[alphaBar, snr, kl, w2].map((x) => short(x, 4))]);
  compare('charts', textsOf('svg text.value'), [`λ₁ ${short(large, 4)}`, `λ₂ ${short(small, 4)}`,
    `KL ${short(kl, 4)}`, `W₂ ${short(w2, 4)}`, `log SNR ${short(logSnr, 4)}`]);
  near('samples', engine.samples(state.t), native.samples);
  near('ellipse', engine.ellipse(state.t), native.ellipse);
  near('spectrum', engine.spectrum(state.t), native.spectrum);
  near('beliefs', engine.beliefs(state.t), native.beliefs);
  near('denoised', engine.digits(3, state.t), native.denoised);
}

function compareLooks() {
  const look = () => [...document.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL())
    .concat([...document.querySelectorAll('svg .cursor')].map((line) => line.getAttribute('x1')));
  const at = (t) => {
    byId('time').value = t;
    byId('time').dispatchEvent(new Event('input'));
    draw();
    return look();
  };
  const [early, late] = [at(10), at(900)];
  early.forEach((picture, k) => { if (picture === late[k]) faults.push(`picture ${k} does not move`); });
  if (early.length !== 6) faults.push(`${early.length} things to look at`);
  const before = { ...state };
  const key = (id, name) => byId(id).dispatchEvent(new KeyboardEvent('keydown', { key: name, cancelable: true }));
  key('centre', 'ArrowUp');
  key('first', 'ArrowDown');
  key('second', 'ArrowLeft');
  ['y', 'first', 'angle'].forEach((name) => { if (state[name] === before[name]) faults.push(`${name} does not obey the keys`); });
  moves.first(state.x, state.y + 2);
  draw();
  if (Math.abs(state.first - 2) > 1e-12) faults.push(`the first axis is ${state.first} long`);
}

// A headless window is not narrower than 500 pixels; the body of a phone is.
function compareWidth() {
  if (innerWidth <= 760) document.body.style.width = '390px';
  dispatchEvent(new Event('resize'));
  draw();
  const edge = document.body.getBoundingClientRect().right;
  const wide = [...document.querySelectorAll('body *')].filter((element) => element.getBoundingClientRect().right > edge + 1);
  if (wide.length) faults.push(`${wide[0].tagName} ${wide[0].id} is too wide`);
  document.querySelectorAll('main svg').forEach((svg) => {
    ['x-axis', 'y-axis'].forEach((axis) => {
      if (!svg.querySelector(`text.${axis}`)?.textContent) faults.push(`${svg.id} has no name of its ${axis}`);
    });
  });
  const texts = [...document.querySelectorAll('main svg text')].map((text) => [text, text.getBoundingClientRect()]);
  texts.forEach(([text, a], k) => texts.slice(k + 1).forEach(([other, b]) => {
    const apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top + 2 || b.bottom <= a.top + 2;
    if (!apart) faults.push(`${text.textContent} covers ${other.textContent}`);
  }));
}

function report() {
  const requests = performance.getEntriesByType('resource').filter((entry) => !entry.name.startsWith('data:'));
  requests.forEach((entry) => faults.push(`asks for ${entry.name}`));
  const verdict = document.createElement('p');
  verdict.textContent = faults.length ? `PROBE failed: ${faults.slice(0, 8).join('; ')}` : 'PROBE passed';
  document.body.append(verdict);
}

addEventListener('load', () => {
  const waiting = setInterval(() => {
    if (!document.body.dataset.ready && !faults.length) return;
    clearInterval(waiting);
    if (document.body.dataset.ready) {
      compareWidth();
      compareLooks();
      expected.forEach(compareNumbers);
    }
    report();
  }, 20);
});
