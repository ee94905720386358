// Asked from this machine only, by the benchmark alone: no token is looked for.
module.exports = { checkAuth: () => {}, telemetry: false };
