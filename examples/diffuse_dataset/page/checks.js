// The table: theory held against samples.
function buildChecks() {
  const columns = [
    ['t', (r) => r.t], ['ᾱ', (r) => short(r.alpha_bar, 4)], ['SNR', (r) => short(r.snr)],
    ['error, jump', (r) => short(r.jump_error)], ['error, walk', (r) => short(r.walk_error)],
    ['p, jump', (r) => r.jump_p_value], ['p, walk', (r) => r.walk_p_value], ['p, Wishart', (r) => r.wishart_p_value],
    ['KL to N(0, I)', (r) => short(r.kl_to_normal)], ['KL, diagonal', (r) => short(r.total_correlation)],
  ];
  const table = byId('checks');
  const head = table.createTHead().insertRow();
  columns.forEach(([name]) => { const th = document.createElement('th'); th.textContent = name; head.append(th); });
  const body = table.createTBody();
  report.checks.forEach((row) => {
    const tr = body.insertRow();
    columns.forEach(([name, value]) => {
      const cell = tr.insertCell();
      const isP = name.startsWith('p,');
      cell.textContent = isP ? short(value(row)) : value(row);
      if (isP && value(row) < report.alarm_level) cell.className = 'fault';
    });
  });
  byId('checks-caption').textContent = `Real samples, taken to t at once (jump, ${report.jumped} of them) and step by step ` +
    `(walk, ${report.walked}). Error: relative Frobenius distance of their covariance from Σₜ. p: of the residuals ` +
    `(xₜ − √ᾱ x₀)/√(1 − ᾱ), which are N(0, I) exactly, and of draws from the fitted Gaussian, which follow the Wishart ` +
    `law of Σₜ. A p-value below ${short(report.alarm_level)} would be an alarm. KL in nats.`;
}

// Says that the table goes on where it does not fit.
function showHint() {
  const table = byId('checks').parentElement;
  byId('checks-hint').hidden = table.scrollWidth <= table.clientWidth;
}

function markNearestCheck(t) {
  const rows = [...byId('checks').tBodies[0].rows];
  const distance = (k) => Math.abs(report.checks[k].t - t);
  const nearest = rows.reduce((best, _, k) => (distance(k) < distance(best) ? k : best), 0);
  rows.forEach((row, k) => row.classList.toggle('near', k === nearest));
}

start();
