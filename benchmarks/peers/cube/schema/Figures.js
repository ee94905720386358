cube(`Figures`, {
  sql: `SELECT * FROM figures`,
  measures: {
    numerator: { sql: `numerator`, type: `sum` },
    denominator: { sql: `denominator`, type: `sum` },
    ratio: { sql: `1.0 * ${numerator} / ${denominator}`, type: `number` },
  },
  dimensions: {
    district: { sql: `district`, type: `string` },
    element: { sql: `element`, type: `string` },
    month: { sql: `month`, type: `time` },
  },
});
