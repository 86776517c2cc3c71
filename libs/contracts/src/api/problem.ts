/** RFC 9457 problem document. `code` is stable; `errors` names every bad field at once. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  requestId?: string;
  errors?: { path: string; message: string }[];
}
