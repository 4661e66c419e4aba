import { business, entry, json, permanent, said, text, transient, unclassified, type Arrives, type Corpus } from './entry.ts'

const HTML = '<!doctype html><html><body><h1>Service Unavailable</h1>The period is closed for maintenance</body></html>'

export const HTTP_CORPUS: Corpus = {
  vendor: 'http',
  from: 'RFC 9110, RFC 6585, RFC 6749; hostile sources of the tests',
  entries: [
    entry('no credential', text(401), permanent('credential_refused')),
    entry('no right', text(403), permanent('credential_refused')),
    entry('not there', text(404), permanent('source_endpoint_unknown')),
    entry('gone', text(410), permanent('source_endpoint_unknown')),
    entry('request timeout', text(408), transient('source_timed_out')),
    entry('too early', text(425), transient('source_timed_out')),
    entry('too many', text(429), transient('source_throttled')),
    entry('server error', text(500), transient('source_unavailable')),
    entry('server error in words', json(500, { message: 'boom' }), transient('source_unavailable')),
    entry('bad gateway', text(502), transient('source_unavailable')),
    entry('unavailable, as a page that speaks of a closed period', text(503, HTML), transient('source_unavailable')),
    entry('gateway timeout', text(504), transient('source_unavailable')),
    entry('not implemented', text(501), permanent('source_refused')),
    entry('network wants a sign-in', text(511), permanent('source_refused')),
    entry('bad request without a word', text(400), permanent('source_refused')),
    entry('too large', text(413), permanent('source_refused')),
    entry('unsupported form', text(415), permanent('source_refused')),
    entry(
      'a grant that is over',
      json(400, { error: 'invalid_grant', error_description: 'Token has expired' }),
      permanent('credential_refused'),
    ),
    entry('a client nobody knows', json(400, { error: 'invalid_client' }), permanent('credential_refused')),
    entry('accepted for later', text(202), permanent('source_contract_changed')),
    entry('no content', text(204), permanent('source_contract_changed')),
    entry('bad request in words', json(400, { message: 'Posting period 003 2026 is not open' }), unclassified),
    entry('conflict in words', json(409, { error: 'a document of this number exists' }), unclassified),
    entry('unprocessable in words', json(422, { errors: [{ message: 'account inactive' }] }), unclassified),
    entry('a sentence under 400', text(400, 'Connection timeout must be larger than the credit period'), unclassified),
  ],
}

export const NODE_CORPUS: Corpus = {
  vendor: 'node',
  from: 'Node.js documentation, errors; zlib: error codes',
  entries: [
    ...['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EPIPE'].map((code) =>
      entry(code, said(code, `connect ${code} 10.0.0.1:443`), transient('source_unreachable')),
    ),
    entry('ETIMEDOUT', said('ETIMEDOUT'), transient('source_timed_out')),
    entry('cut while unpacking', said('Z_BUF_ERROR', 'unexpected end of file'), transient('source_cut_short')),
    entry('closed too soon', said('ERR_STREAM_PREMATURE_CLOSE', 'Premature close'), transient('source_cut_short')),
    ...['CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'].map(
      (code) => entry(code, said(code), permanent('source_certificate_refused')),
    ),
    entry('a defect of ours', said('ERR_INVALID_ARG_TYPE', 'The "chunk" argument must be of type string'), unclassified),
    entry('our own disk', said('ENOSPC', 'no space left on device'), unclassified),
    entry('too many open files', said('EMFILE', 'too many open files'), unclassified),
    entry('an error without a code', said('', 'x is not a function'), unclassified),
    entry('a text that says refused', said('', 'connect ECONNREFUSED is what the log would say'), unclassified),
  ],
}

export const POSTGRESQL_CORPUS: Corpus = {
  vendor: 'postgresql',
  from: 'PostgreSQL manual, appendix A; postgres.js connection codes',
  entries: [
    ...[
      '40001',
      '40P01',
      '55P03',
      '57014',
      '57P01',
      '57P03',
      '53300',
      '53200',
      '53400',
      '08006',
      '08P01',
      'CONNECTION_CLOSED',
      'CONNECT_TIMEOUT',
      'ECONNREFUSED',
    ].map((code) => entry(code, said(code), transient('database_busy'))),
    entry('disk full', said('53100', 'could not extend file: No space left on device'), transient('database_full')),
    ...['28P01', '28000', '3D000', '42501'].map((code) => entry(code, said(code), permanent('database_refused'))),
    entry(
      'unique key: a defect, or two at once',
      said('23505', 'duplicate key value violates unique constraint "runs_one_active"'),
      unclassified,
    ),
    entry('foreign key', said('23503'), unclassified),
    entry('not null', said('23502'), unclassified),
    entry('number too large', said('22003', 'numeric field overflow'), unclassified),
    entry('no such table', said('42P01', 'relation "lines_9" does not exist'), unclassified),
    entry('an exception of a function', said('P0001', 'deadlock detected while closing the period'), unclassified),
    entry('internal error', said('XX000', 'could not serialize access'), unclassified),
  ],
}

const failedSql = (code: string, message: string): Arrives =>
  json(422, { code, sqlState: '22018', message, statementHandle: 'h' })

export const SNOWFLAKE_CORPUS: Corpus = {
  vendor: 'snowflake',
  from: 'contract card Snowflake, "Failure codes"',
  entries: [
    entry('token over', json(401, { code: '390318', message: 'OAuth access token expired.' }), permanent('credential_refused')),
    entry('bad JWT', json(401, { code: '390144', message: 'JWT token is invalid.' }), permanent('credential_refused')),
    entry(
      'wrong user, with another status',
      json(403, { code: '390100', message: 'Incorrect username or password was specified.' }),
      permanent('credential_refused'),
    ),
    entry(
      'a value that is no number',
      failedSql('100038', "Numeric value 'timeout' is not recognized"),
      business('refused_value_invalid'),
    ),
    entry(
      'a value that is no truth',
      failedSql('100037', "Boolean value 'maybe' is not recognized"),
      business('refused_value_invalid'),
    ),
    entry('syntax', failedSql('001003', 'SQL compilation error: syntax error'), permanent('source_refused')),
    entry(
      'table gone',
      failedSql('002003', "Object 'GL' does not exist or not authorized."),
      permanent('source_contract_changed'),
    ),
    entry('no User-Agent', json(400, { code: '391903', message: 'User-Agent required' }), permanent('source_refused')),
    entry(
      'rows refused by a copy, in a 200',
      json(200, {
        code: '090001',
        resultSetMetaData: { rowType: [{ name: 'FILE' }, { name: 'STATUS' }] },
        data: [['gl.csv', 'PARTIALLY LOADED']],
      }),
      business('refused_rows'),
    ),
    entry('throttled', text(429), transient('source_throttled')),
    entry('statement timeout', text(408), transient('source_timed_out')),
    entry(
      'a copy that failed, in a 200',
      json(200, { code: '090001', resultSetMetaData: { rowType: [{ name: 'STATUS' }] }, data: [['LOAD FAILED']] }),
      unclassified,
    ),
    entry('cancelled, by whom nobody says', failedSql('000625', 'Statement execution was interrupted'), unclassified),
  ],
}

export const SFTP_CORPUS: Corpus = {
  vendor: 'sftp',
  from: 'contract card "SFTP managed files and PGP" (observed)',
  entries: [
    entry('file missing', said('2', 'No such file'), permanent('source_not_found')),
    entry('no right', said('3', 'Permission denied'), permanent('credential_refused')),
    entry('no key that fits', said('', 'All configured authentication methods failed'), permanent('credential_refused')),
    entry('another host key', said('', 'Host denied (verification failed)'), permanent('source_certificate_refused')),
    entry('a byte was changed', said('', 'Modification detected.'), permanent('file_malformed')),
    entry('port closed', said('ECONNREFUSED'), transient('source_unreachable')),
    entry('the number for anything', said('4', 'Failure'), unclassified),
  ],
}
