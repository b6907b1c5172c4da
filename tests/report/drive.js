// SPDX-License-Identifier: MIT
//
// Put after the page: moves the slider as a reader would, and writes what it saw into the page.
const wants = ['specimens', 'ants', 'heat', 'scatter', 'spectrum', 'modes', 'diagonal', 'gap', 'checks', 'share', 'now'];
const look = (element) => (element instanceof HTMLCanvasElement ? element.toDataURL() : element.outerHTML.replaceAll(' class=""', ''));
const see = () => wants.map((id) => look(document.getElementById(id)));
const slider = document.getElementById('time');

const move = (t) => {
  slider.value = t;
  slider.dispatchEvent(new Event('input'));
  return see();
};

const faults = [];
const first = move(0);
const middle = move(Math.round(slider.max / 4));
const last = move(slider.max);
wants.forEach((id, k) => {
  if (first[k] === middle[k] || middle[k] === last[k]) faults.push(`${id} does not move`);
  if (/NaN|undefined|null/.test(first[k].slice(0, 100000) + last[k].slice(0, 100000)) && !first[k].startsWith('data:')) {
    faults.push(`${id} shows a number that is none`);
  }
});
if (move(0).join() !== first.join()) faults.push('going back to t = 0 shows something else');
if (document.documentElement.scrollWidth > innerWidth) faults.push('the page is wider than the window');

location.hash = '#t=7';
addEventListener('hashchange', () => {
  if (slider.value !== '7') faults.push('the fragment does not set t');
  document.body.textContent = faults.length ? `FAULTS: ${faults.join('; ')}` : 'ALL PICTURES MOVE';
});
