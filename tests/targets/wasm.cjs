// Runs freestanding_run of a module: an indirect call of another type than the callee's traps here.
const core = new WebAssembly.Module(require('fs').readFileSync(process.argv[2]));
const imports = WebAssembly.Module.imports(core);
if (imports.length > 0) {
    console.error('the module needs', imports.map((i) => i.name).join(' '));
    process.exit(1);
}
const line = new WebAssembly.Instance(core, {}).exports.freestanding_run();
console.log(line === 0 ? 'two reads from a static pool' : `freestanding.c:${line} failed`);
process.exit(line === 0 ? 0 : 1);
