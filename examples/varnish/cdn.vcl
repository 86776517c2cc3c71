# A Varnish 7 in front of the gateway, for web.cdn.purge.driver: purge. See docs/cdn.md.
vcl 4.1;
import std;

backend gateway { .host = "127.0.0.1"; .port = "8080"; }
# Addresses of the gateways.
acl purgers { "127.0.0.1"; }

sub vcl_recv {
  if (req.method == "PURGE") {
    if (!client.ip ~ purgers) { return (synth(403)); }
    # Bans are patterns, so characters of tags and URLs that mean something in a pattern are escaped.
    if (req.http.Surrogate-Key) {
      set req.http.Surrogate-Key = regsuball(req.http.Surrogate-Key, "([][\\(){}.*+?^$|])", "\\\1");
      ban("obj.http.Surrogate-Key ~ (^|\s)(" + regsuball(req.http.Surrogate-Key, " ", "|") + ")(\s|$)");
      return (synth(200));
    }
    if (req.url ~ "\*$") {
      ban("obj.http.X-Url ~ ^" + regsuball(regsub(req.url, "\*$", ""), "([][\\(){}.*+?^$|])", "\\\1"));
      return (synth(200));
    }
    return (purge);
  }
  unset req.http.Cookie; # public files only: Varnish stores no answer to a request with a cookie
}
sub vcl_backend_response {
  set beresp.http.X-Url = bereq.url; # bans by prefix compare it
  if (beresp.http.CDN-Cache-Control ~ "no-store") {
    set beresp.uncacheable = true;
  } else if (beresp.http.CDN-Cache-Control ~ "max-age=\d+") {
    set beresp.ttl = std.duration(regsub(beresp.http.CDN-Cache-Control, "^.*max-age=(\d+).*$", "\1s"), 0s);
  }
}
sub vcl_deliver {
  if (obj.hits > 0) { set resp.http.X-Edge = "hit"; } else { set resp.http.X-Edge = "miss"; }
  unset resp.http.X-Url;
  unset resp.http.Surrogate-Key;
}
