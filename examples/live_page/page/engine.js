// The C++ of live_page.hpp, and nothing computed beside it.
const bytesOf = (id) => Uint8Array.from(atob(byId(id).textContent), (letter) => letter.charCodeAt(0));

async function unzipped(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function startEngine() {
  const module = await WebAssembly.compile(bytesOf('wasm'));
  const refuse = (name) => () => { throw new Error(`the engine stopped in ${name}`); };
  const imports = {};
  WebAssembly.Module.imports(module).forEach(({ module: room, name }) => {
    (imports[room] ??= {})[name] = refuse(name);
  });
  const c = (await WebAssembly.instantiate(module, imports)).exports;
  c._initialize();
  const array = (at, size) => new Float64Array(c.memory.buffer, at, size).slice();
  const text = await unzipped(bytesOf('data'));
  const room = c.digits_text(text.length);  // may move the memory
  new Uint8Array(c.memory.buffer, room, text.length).set(text);
  c.read_digits();
  const measures = ['alpha_bar', 'one_minus_alpha_bar', 'snr', 'log_snr', 'small', 'large', 'kl', 'w2'];
  const named = (values) => Object.fromEntries(measures.map((name, k) => [name, values[k]]));
  return {
    steps: c.steps(),
    outline: c.outline_count(),
    useSchedule: c.use_schedule,
    usePrior: c.use_prior,
    showDigits: c.show_digits,
    now: (t) => named(array(c.now(t), 8)),
    samples: (t) => array(c.samples(t), 2 * c.sample_count()),
    ellipse: (t) => array(c.ellipse(t), 2 * c.outline_count() + 8),
    curves() {
      const values = array(c.curves(), 8 * c.moment_count());
      return Array.from({ length: c.moment_count() }, (_, k) =>
        ({ t: c.time_of(k), ...named(values.subarray(8 * k, 8 * k + 8)) }));
    },
    digits: (what, t) => array(c.digits(what, t), 640),
    beliefs: (t) => array(c.digit_beliefs(t), 10),
    spectrum: (t) => array(c.digit_spectrum(t), 64),
    table: (ofDigits) => array(c.sampler_table(ofDigits), 20),
  };
}
