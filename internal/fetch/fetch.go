// Package fetch asks the outside for a page on the house's behalf: only over HTTP, only
// so much, and only of public addresses, so that an address somebody typed in does not
// reach what only the server can (server-side request forgery).
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
)

// Limits of one page.
const (
	MaxBytes = 2 << 20
	timeout  = 20 * time.Second
	hops     = 4
)

// Check refuses addresses that are never asked.
func Check(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return fault.Field("url", "wrong_format", "type", "http(s) URL")
	}
	return nil
}

var errPrivate = errors.New("not a public address")

// Get gives the page at an address. Private says that addresses of the own network may
// be asked, too. The address is checked where the connection is made, after its name
// was looked up and at every redirection.
func Get(ctx context.Context, address string, private bool) ([]byte, error) {
	if err := Check(address); err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Timeout: timeout / 2, Control: func(_, to string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(to)
		if err != nil {
			return err
		}
		if !private && !public(ap.Addr()) {
			return fmt.Errorf("%s: %w", ap.Addr(), errPrivate)
		}
		return nil
	}}
	transport := &http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: timeout / 2, ResponseHeaderTimeout: timeout / 2,
		MaxResponseHeaderBytes: 64 << 10, DisableKeepAlives: true} // no proxy: it would be asked in the place of the address
	client := &http.Client{Transport: transport, Timeout: timeout, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) > hops {
			return errors.New("too many redirections")
		}
		return Check(r.URL.String())
	}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, fault.Field("url", "wrong_format", "type", "http(s) URL").Because(err)
	}
	req.Header.Set("User-Agent", "maru")
	res, err := client.Do(req)
	switch {
	case errors.Is(err, errPrivate):
		return nil, fault.Field("url", "private_address").Because(err)
	case err != nil:
		return nil, fault.Field("url", "not_reached").Because(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return nil, fault.Field("url", "not_reached").Saying("%s", res.Status)
	}
	b, err := io.ReadAll(io.LimitReader(res.Body, MaxBytes+1)) // what unpacks to more is cut, too
	if err != nil {
		return nil, fault.Field("url", "not_reached").Because(err)
	}
	if len(b) > MaxBytes {
		return nil, fault.Field("url", "too_large", "max", MaxBytes)
	}
	return b, nil
}

// reserved are addresses that netip calls neither private nor local, and that are not
// public either.
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("2001::/32"), netip.MustParsePrefix("fec0::/10"),
}

// public reports whether an address is one of the open internet.
func public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.Zone() != "" {
		return false
	}
	for _, p := range reserved {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
