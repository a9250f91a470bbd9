module runbook.test/supabase-auth

go 1.25.8

// The last release without replace directives: v2.189.0, whose tag a module of this path can't carry.
require github.com/supabase/auth v1.11.1-0.20260428142003-4fa66ba71d8c
