import { inserted, replaced, type Mutation } from '#server/formats/testing/mutation-tools.ts'

type Mutations = Readonly<Record<string, Mutation>>

/** What happens to the files of banks; to camt.053 also what happens to any XML. */
export const bankMutations = (ofXml: Mutations): Readonly<Record<'camt053' | 'mt940' | 'bai2', Mutations>> => ({
  camt053: {
    ...ofXml,
    'another word of the bank': (bytes, chance) =>
      replaced(bytes, chance, /CRDT|DBIT|BOOK|OPBD|CLBD|EUR|camt\.053|BkToCstmrStmt/g, [
        'CRDT',
        'DBIT',
        'PDNG',
        'INFO',
        'X',
        'ITBD',
        'USD',
        'camt.052',
        '',
      ]),
    'an entry twice or gone': (bytes, chance) => replaced(bytes, chance, /<Ntry>[\s\S]*?<\/Ntry>/g, ['', '<Ntry></Ntry>']),
  },
  mt940: {
    'a sign of the format': (bytes, chance) =>
      inserted(bytes, chance, [':', ',', '?', '/', '//', '\n', '\n-\n', '{', '}', '{4:', '-}', ' ', '\n\n']),
    'a sign missing': (bytes, chance) => replaced(bytes, chance, /[:,/\n]/g, ['']),
    'a line gone or another': (bytes, chance) =>
      replaced(bytes, chance, /[^\n]*\n/g, [
        '',
        ':61:2602300230C1,NTRFX\n',
        ':62M:C260321EUR1,00\n',
        ':86:?20?20\n',
        ':60F:D260309EUR1,\n',
        '-\n',
        ':99:x\n',
      ]),
    'another mark': (bytes, chance) =>
      replaced(bytes, chance, /(?<=\d{10})[CD](?=\d)/g, ['C', 'D', 'RC', 'RD', 'CR', 'EC', 'X', '']),
    'another amount': (bytes, chance) =>
      replaced(bytes, chance, /\d+,\d\d/g, ['0,', '1,5', ',', '1.000,00', '-1,00', '9'.repeat(20), '0,000001']),
    'an endless line': (bytes, chance) => inserted(bytes, chance, ['x'.repeat(70_000)]),
  },
  bai2: {
    'a sign of the format': (bytes, chance) => inserted(bytes, chance, [',', '/', '\n', ',,', '/\n88,', '-', '+', ' ']),
    'a sign missing': (bytes, chance) => replaced(bytes, chance, /[,/\n]/g, ['']),
    'a record gone or another': (bytes, chance) =>
      replaced(bytes, chance, /[^\n]*\n/g, [
        '',
        '88,MORE\n',
        '16,890,,,,,NOTE\n',
        '16,721,1,Z,,,\n',
        '49,1,1/\n',
        '02,A,B,3,260321,,EUR,2/\n',
        '99,1,1,1/\n',
      ]),
    'another code': (bytes, chance) =>
      replaced(bytes, chance, /(?<=\n16,)\d+|(?<=\n)\d\d(?=,)/g, ['142', '475', '400', '999', '16', '03', '', 'x']),
    'other funds': (bytes, chance) =>
      replaced(bytes, chance, /(?<=,)Z(?=,)/g, ['', 'S', 'S,1,2,3', 'V', 'V,260401,', 'D,2', 'D,99', 'D,1,0,5', 'Q', '0']),
    'an endless line': (bytes, chance) => inserted(bytes, chance, ['x'.repeat(70_000)]),
  },
})
