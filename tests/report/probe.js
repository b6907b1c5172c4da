// Would catch an error on the console, a request to the network, a picture that does not follow the
// slider, a value at the end of the process that is not what the theory says, and, on a screen of 1280
// pixels and on one of 390, a chart whose axes have no names, text that is cut or covers other text, and a
// table that is cut without a hint.
const faults = [];
addEventListener('error', (event) => faults.push(event.message));
console.error = (...text) => faults.push(text.join(' '));

function compareWidth() {
  const phone = innerWidth <= 760;  // a headless window is not narrower than 500 pixels; the body of a phone is
  if (phone) document.body.style.width = '390px';
  dispatchEvent(new Event('resize'));
  const edge = document.body.getBoundingClientRect().right;
  [...document.querySelectorAll('body *')].filter((element) => !element.closest('table'))
    .filter((element) => element.getBoundingClientRect().right > edge + 1 || element.getBoundingClientRect().left < -1)
    .slice(0, 3).forEach((element) => faults.push(`${element.tagName} ${element.id} '${element.textContent}' is cut`));
  document.querySelectorAll('main svg').forEach((svg) => {
    ['x-axis', 'y-axis'].forEach((axis) => {
      if (!svg.querySelector(`text.${axis}`)?.textContent) faults.push(`${svg.id} has no name of its ${axis}`);
    });
  });
  const texts = [...document.querySelectorAll('main svg text')].map((text) => [text, text.getBoundingClientRect()])
    .filter(([, box]) => box.width > 0);
  texts.forEach(([text, a], k) => texts.slice(k + 1).forEach(([other, b]) => {
    const apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top + 2 || b.bottom <= a.top + 2;
    if (!apart) faults.push(`${text.textContent} covers ${other.textContent}`);
  }));
  const legend = document.getElementById('structures-legend').getBoundingClientRect();
  if (legend.top < document.getElementById('structures').getBoundingClientRect().bottom) faults.push('the legend covers the curves');
  const table = document.getElementById('checks').parentElement;
  if (document.getElementById('checks-hint').hidden !== table.scrollWidth <= table.clientWidth) faults.push('the hint of the table');
  if (phone && table.scrollWidth <= table.clientWidth) faults.push('the table fits: no hint is needed');
}

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
  if (!now.includes('4.036·10⁻⁵')) faults.push(`at the end ${now}`);
  compareWidth();
  const requests = performance.getEntriesByType('resource').filter((entry) => !entry.name.startsWith('data:'));
  requests.forEach((entry) => faults.push(`asks for ${entry.name}`));
  const verdict = document.createElement('p');
  verdict.textContent = faults.length ? `PROBE failed: ${faults.join('; ')}` : 'PROBE passed';
  document.body.append(verdict);
});
