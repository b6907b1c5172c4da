// Would catch an error on the console, a request to the network, a picture that does not follow the
// slider, and a value at the end of the process that is not what the theory says.
const faults = [];
addEventListener('error', (event) => faults.push(event.message));
console.error = (...text) => faults.push(text.join(' '));

addEventListener('load', () => {
  const slider = document.getElementById('time');
  const look = () => [
    ...[...document.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL()),
    ...[...document.querySelectorAll('svg .cursor')].map((line) => line.getAttribute('x1')),
    document.getElementById('kept').style.width, document.getElementById('now').textContent,
    [...document.querySelectorAll('tr.near')].map((row) => row.rowIndex).join(),
  ];
  const at = (t) => {
    slider.value = t;
    slider.dispatchEvent(new Event('input'));
    return look();
  };
  const [early, late] = [at(10), at(900)];
  early.forEach((picture, k) => { if (picture === late[k]) faults.push(`picture ${k} does not move`); });
  if (early.length !== 13) faults.push(`${early.length} things to look at`);
  at(1000);
  const now = document.getElementById('now').textContent;
  if (!now.includes('4.036e−5')) faults.push(`at the end ${now}`);
  const requests = performance.getEntriesByType('resource').filter((entry) => !entry.name.startsWith('data:'));
  requests.forEach((entry) => faults.push(`asks for ${entry.name}`));
  const verdict = document.createElement('p');
  verdict.textContent = faults.length ? `PROBE failed: ${faults.join('; ')}` : 'PROBE passed';
  document.body.append(verdict);
});
