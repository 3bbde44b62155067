package audit

import (
	"bytes"
	"encoding"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
)

// Hidden is written in place of a secret.
const Hidden = "[hidden]"

// redacted is the JSON of a value in which every field tagged `audit:"secret"` is hidden. The value and its JSON are walked side by side, since
// only the value knows the tags and only the JSON knows the names.
func redacted(value any) ([]byte, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber() // amounts beyond 2^53 stay exact
	var document any
	if err := decoder.Decode(&document); err != nil {
		return nil, err
	}
	hide(reflect.ValueOf(value), document)
	return json.Marshal(document)
}

// hide replaces secrets of v in its document, which it changes in place.
func hide(v reflect.Value, document any) {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() || writesItself(v) {
			return
		}
		v = v.Elem()
	}
	if !v.IsValid() || writesItself(v) {
		return
	}
	switch in := document.(type) {
	case []any:
		if v.Kind() == reflect.Slice || v.Kind() == reflect.Array {
			for i := range min(v.Len(), len(in)) {
				hide(v.Index(i), in[i])
			}
		}
	case map[string]any:
		hideInObject(v, in)
	}
}

func hideInObject(v reflect.Value, object map[string]any) {
	if v.Kind() == reflect.Map {
		for _, key := range v.MapKeys() {
			hide(v.MapIndex(key), object[keyName(key)])
		}
		return
	}
	if v.Kind() != reflect.Struct {
		return
	}
	for field, inner := range v.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case name == "-" || !field.IsExported() && !field.Anonymous:
			continue
		case name == "" && field.Anonymous: // its fields stand in the same object
			hide(inner, object)
			continue
		case name == "":
			name = field.Name
		}
		if _, there := object[name]; !there {
			continue
		}
		if field.Tag.Get("audit") == "secret" {
			object[name] = Hidden
			continue
		}
		hide(inner, object[name])
	}
}

// keyName is how encoding/json names a map's key.
func keyName(key reflect.Value) string {
	if key.Kind() == reflect.String {
		return key.String()
	}
	if m, ok := key.Interface().(encoding.TextMarshaler); ok {
		text, err := m.MarshalText()
		if err != nil {
			panic("BUG: a key that was written a moment ago cannot be written: " + err.Error())
		}
		return string(text)
	}
	if key.CanInt() {
		return strconv.FormatInt(key.Int(), 10)
	}
	return strconv.FormatUint(key.Uint(), 10)
}

// writesItself reports whether a value makes its own JSON, whose shape then says nothing about its fields.
func writesItself(v reflect.Value) bool {
	if !v.CanInterface() {
		return false
	}
	switch v.Interface().(type) {
	case json.Marshaler, encoding.TextMarshaler:
		return true
	default:
		return false
	}
}
