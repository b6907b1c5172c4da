// What every page of ours begins with.
const byId = (id) => document.getElementById(id);
const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const powerOfTen = (exponent) => `10${String(exponent).replace(/./g, (c) => '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'['-0123456789'.indexOf(c)])}`;

// A few significant digits, with a power of ten where it helps: 6.44·10⁻⁶.
function short(x, digits = 3) {
  if (x === null || Number.isNaN(x)) return '–';
  if (!Number.isFinite(x)) return x > 0 ? '∞' : '−∞';
  const size = Math.abs(x);
  if (size === 0 || (size >= 1e-3 && size < 1e5)) return String(+x.toPrecision(digits)).replace('-', '−');
  const [factor, exponent] = x.toExponential(digits - 1).split('e');
  return `${String(+factor).replace('-', '−')}·${powerOfTen(+exponent)}`;
}

function node(parent, name, attributes, text) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
}
