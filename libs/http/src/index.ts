export { AllowedHosts, type AllowedHostsOptions } from './allowed-hosts.js';
export { addressGroup } from './address-group.js';
export { NameResolver, nameResolver, type NameResolverOptions } from './names/name-resolver.js';
export { BodyWriter, bytesWrittenAhead, WholeBody, type BodySource } from './body-writer.js';
export { bearerToken, type Authorization } from './authorization.js';
export { breakOff } from './break-off.js';
export { ConnectionLimit, type ConnectionCounts, type ConnectionRefusals } from './connection-limit.js';
export { connectionInScope, endConnectionAtFault, outsideConnections, scopeConnections } from './connection-scope.js';
export { ConnectionAnswers } from './connection-answers.js';
export { cookieOf, cookiePairs, cookiesBut } from './cookies.js';
export { endToEndHeaders, filterHeaders, type RawHeaders } from './end-to-end-headers.js';
export { expectsContinue } from './expectation.js';
export { announcesEventStream, fieldValue, fieldValues } from './field-value.js';
export { endResponse } from './end-response.js';
export { hasBody } from './has-body.js';
export { MAX_HEAD_FIELDS } from './head-size.js';
export { HTTP1_LIMITS, KEEP_ALIVE_MS } from './http1-limits.js';
export { Http1LikeRequest, Http1LikeResponse, asHttp1, isHttp2 } from './http2-messages.js';
export { takeForward } from './max-forwards.js';
export { ALLOWED_METHODS } from './method-fault.js';
export { originForm } from './origin-form.js';
export { Peers, type Peer } from './peers.js';
export { claimedOrigin, type ClaimedOrigin } from './policy/claimed-origin.js';
export { KINDS, type FieldKind, type KindPolicy, type SharingEffect } from './policy/field-kind.js';
export { isSameField } from './policy/field-name.js';
export { fieldPolicy, travels, type FieldPolicy } from './policy/field-policy.js';
export { FIELD_TABLE, type FieldRow } from './policy/field-table.js';
export { travellingFields, type Travellers, type TravellingFields } from './policy/travelling-fields.js';
export { BodyIncompleteError, BodyTooLargeError, readBody, readChunks } from './read-body.js';
export { endWithProblem } from './raw-answers.js';
export { logIds, type LogIds } from './log-ids.js';
export {
  JsonScanner,
  MAX_JSON_DEPTH,
  wantedMembers,
  type JsonScan,
  type JsonScanOptions,
  type WantedMembers,
} from './json-scanner.js';
export type { RequestContext } from './request-context.js';
export { requestFault } from './request-fault.js';
export { sendOpenAiError, sendProblem, type SendError } from './send-error.js';
export { retryAfterSeconds } from './retry-after.js';
export { sendInformation } from './send-information.js';
export { sendHead } from './send-head.js';
export { refuseUnparsable } from './unparsable-request.js';
export { UPLOAD_SILENCE_MS, limitUploadSilence } from './upload-silence.js';
export { hasPassed, viaPseudonym } from './via.js';
export { holdWrites } from './write-batch.js';
export { markEventStream, markTunnel } from './write-idle-marks.js';
export type { WriteIdleClient } from './write-idle-client.js';
export { limitWriteIdle, WriteIdleWatch, type WriteIdleLimits } from './write-idle.js';
export { writeFirst } from './write-first.js';
