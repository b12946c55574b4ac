using System.Net;
using System.Text;
using Granero.Tests.Support.Tasks;
using Xunit;

namespace Granero.Tests.Tasks;

/// <summary>A field that is missing or of the wrong type: 422 in the shape that the old server's clients know.</summary>
[Collection(TasksCollection.Name)]
public sealed class TaskFieldsTests(TasksCluster tasks)
{
    public static TheoryData<string, string> Mistakes { get; } = new()
    {
        {
            """{"imagen_docker":"x","calculo":"suma"}""",
            """{"detail":[{"type":"missing","loc":["body","parametros"],"msg":"Field required","input":{"imagen_docker":"x","calculo":"suma"}}]}"""
        },
        {
            """{"calculo":"suma","parametros":{}}""",
            """{"detail":[{"type":"missing","loc":["body","imagen_docker"],"msg":"Field required","input":{"calculo":"suma","parametros":{}}}]}"""
        },
        {
            """{"imagen_docker":"x","parametros":{},"credenciales":{"usuario":"ana","password":"c2VjcmV0"}}""",
            """{"detail":[{"type":"missing","loc":["body","calculo"],"msg":"Field required","input":{"imagen_docker":"x","parametros":{},"credenciales":"********"}}]}"""
        },
        {
            """{"imagen_docker":5,"calculo":"suma","parametros":{}}""",
            """{"detail":[{"type":"string_type","loc":["body","imagen_docker"],"msg":"Input should be a valid string","input":5}]}"""
        },
        {
            """{"imagen_docker":"x","calculo":"suma","parametros":[1]}""",
            """{"detail":[{"type":"dict_type","loc":["body","parametros"],"msg":"Input should be a valid dictionary","input":[1]}]}"""
        },
        {
            """{"imagen_docker":"x","calculo":"suma","parametros":null}""",
            """{"detail":[{"type":"dict_type","loc":["body","parametros"],"msg":"Input should be a valid dictionary","input":null}]}"""
        },
        {
            """{"imagen_docker":"x","calculo":"suma","parametros":{},"datos_adicionales":"no"}""",
            """{"detail":[{"type":"dict_type","loc":["body","datos_adicionales"],"msg":"Input should be a valid dictionary","input":"no"}]}"""
        },
        {
            """{"imagen_docker":"x","calculo":"suma","parametros":{},"credenciales":{"usuario":"ana","password":12345}}""",
            """{"detail":[{"type":"string_type","loc":["body","credenciales","password"],"msg":"Input should be a valid string","input":"********"}]}"""
        },
        {
            """{"imagen_docker":"x","calculo":"suma","parametros":{},"credenciales":{"usuario":"ana","password":"no base64!"}}""",
            """{"detail":[{"type":"value_error","loc":["body","credenciales","password"],"msg":"Value error, it must be base64","input":"********"}]}"""
        },
        {
            """{"imagen_docker":"X Y","calculo":"suma","parametros":{}}""",
            """{"detail":[{"type":"value_error","loc":["body","imagen_docker"],"msg":"Value error, that is no name of an image, such as ana/task_service:1.0","input":"X Y"}]}"""
        },
        { "{", """{"detail":[{"type":"json_invalid","loc":["body"],"msg":"JSON decode error","input":{}}]}""" },
        { "7", """{"detail":[{"type":"model_attributes_type","loc":["body"],"msg":"Input should be a valid dictionary or object to extract fields from","input":7}]}""" },
        { """{"imagen_docker":"\ud800","calculo":"suma","parametros":{}}""", """{"detail":[{"type":"json_invalid","loc":["body"],"msg":"JSON decode error","input":{}}]}""" },
        { """{"imagen_docker":"x","calculo":"suma","other":"\udc00"}""", """{"detail":[{"type":"json_invalid","loc":["body"],"msg":"JSON decode error","input":{}}]}""" },
        { """{"imagen_docker":"x","calculo":"suma","\ud800":1}""", """{"detail":[{"type":"json_invalid","loc":["body"],"msg":"JSON decode error","input":{}}]}""" },
        { """{"imagen_docker":"x","calculo":"suma","parametros":{"a":[{"\ud800":1}]}}""", """{"detail":[{"type":"json_invalid","loc":["body"],"msg":"JSON decode error","input":{}}]}""" },
        { """{"imagen_docker":"x","calculo":"suma","parametros":{},"credenciales":{"usuario":"\ud800","password":""}}""", """{"detail":[{"type":"json_invalid","loc":["body"],"msg":"JSON decode error","input":{}}]}""" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task What_is_wrong_is_said_field_by_field(string body, string answer)
    {
        foreach (var path in new[] { "/getRemoteTask/", "/tasks" })
        {
            var reply = await tasks.Client.PostAsync(path, body);

            Assert.Equal((HttpStatusCode.UnprocessableEntity, answer, "application/json"), (reply.Status, reply.Text, reply.ContentType));
        }
    }

    [Theory]
    [InlineData("/getRemoteTask/")]
    [InlineData("/tasks")]
    public async Task Bytes_that_are_no_text_are_no_JSON(string path)
    {
        var reply = await tasks.Client.PostAsync(path, """{"imagen_docker":"x","calculo":"suma","other":"é"}""", encoding: Encoding.Latin1);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "json_invalid"), (reply.Status, reply.Json.GetProperty("detail")[0].GetProperty("type").GetString()));
    }

    [Fact]
    public async Task A_page_in_a_browser_cannot_start_a_task()
    {
        var reply = await tasks.Client.PostAsync("/getRemoteTask/", """{"imagen_docker":"x","calculo":"suma","parametros":{}}""", contentType: "text/plain");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, reply.Status);
    }
}
