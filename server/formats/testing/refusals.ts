/**
 * What a refusal must be: a code of the taxonomy, a place, and words. Null when it is one. A place is a line, a row, a cell, a
 * record, a key or a part by its name; what is said of a file as a whole has none.
 */
export function faultOfRefusal(refusal: string): string | null {
  const [, code, detail] = /^(\w+): (.+)$/s.exec(refusal) ?? []
  if (code === undefined || detail === undefined) return `no words: ${refusal}`
  if (!/^(file_(empty|malformed|encoding_wrong|too_large|columns_wrong|hostile|is_test)|source_contract_changed)$/.test(code)) {
    return `not a code of a file: ${refusal}`
  }
  if (INTERNAL.test(detail)) return `words of our own insides: ${refusal}`
  return PLACE.test(detail) || OF_THE_WHOLE.test(detail) ? null : `no place: ${refusal}`
}

const INTERNAL = /\b(TypeError|RangeError|SyntaxError|Cannot read|is not a function|\[object)|\bundefined\b(?! entity)|^NaN/

const PLACE =
  /\b(line|row|record|shared text) [\d,]+|\bcell "?[A-Z]+\d+|\bsheet "|"(xl|_rels|\[Content|\.\.|\/)[^"]*"|(xl|_rels)\/\S+/

const OF_THE_WHOLE = new RegExp(
  [
    'there is no(thing| text| workbook| "[^"]*")',
    'the file (says|ends)',
    'this is (no|an old)',
    '(the file|it) is not XML|it sent a web page',
    'the page (is|states|nests)',
    '"[^"]*" (is an?|states a)',
    'the workbook is damaged: ',
    'more than [\\d,]+ ',
  ]
    .map((start) => `^(${start})`)
    .join('|'),
)
